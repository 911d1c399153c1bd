"""Right: a task that outlives its caller holds the place until the hash is over."""

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
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
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, hash_password, password)
