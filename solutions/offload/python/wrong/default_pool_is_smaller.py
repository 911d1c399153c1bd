# Wrong: the hashes share the default pool, which has fewer threads than `max_parallel` allows. Caught by: parallel

import asyncio

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._places = asyncio.Semaphore(max_parallel)
        self._tasks = set()

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        task = asyncio.create_task(self._hash(password))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _hash(self, password):
        async with self._places:
            return await asyncio.to_thread(hash_password, password)
