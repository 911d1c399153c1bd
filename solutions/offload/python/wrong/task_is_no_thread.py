# Wrong: a task is not a thread: `create_task` runs the hash on the same loop. Caught by: off_the_loop

import asyncio

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._places = asyncio.Semaphore(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        async with self._places:
            return await asyncio.create_task(self._hash(password))

    async def _hash(self, password):
        await asyncio.sleep(0)
        return hash_password(password)
