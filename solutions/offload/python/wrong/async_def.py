# Wrong: an `async def` around the blocking call makes nothing asynchronous. Caught by: off_the_loop

import asyncio

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._places = asyncio.Semaphore(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        async with self._places:
            return await self._hash(password)

    async def _hash(self, password):
        return hash_password(password)
