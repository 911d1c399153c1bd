# Wrong: the thread holds a lock while it hashes, and the loop wants it for its count. Caught by: loop_answers

import asyncio
import concurrent.futures
import threading

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._lock = threading.Lock()
        self._asked = 0

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        with self._lock:
            self._asked += 1
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._hash, password)

    def _hash(self, password):
        with self._lock:
            return hash_password(password)
