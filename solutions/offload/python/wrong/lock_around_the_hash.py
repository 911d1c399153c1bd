# Wrong: one `asyncio.Lock` around the hash, whatever `max_parallel` says. Caught by: parallel

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._lock = asyncio.Lock()
        self._tasks = set()

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        task = asyncio.create_task(self._hash(password))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _hash(self, password):
        loop = asyncio.get_running_loop()
        async with self._lock:
            return await loop.run_in_executor(self._pool, hash_password, password)
