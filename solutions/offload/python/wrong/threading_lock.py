# Wrong: a `threading.Lock` is held across the await; the second caller stops the loop. Caught by: loop_answers

import asyncio
import concurrent.futures
import threading

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._lock = threading.Lock()

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        with self._lock:
            return await loop.run_in_executor(self._pool, hash_password, password)
