# Wrong: every call makes a semaphore of its own, which no other call waits for. Caught by: bounded

import asyncio

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._max_parallel = max_parallel

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        async with asyncio.Semaphore(self._max_parallel):
            return await asyncio.to_thread(hash_password, password)
