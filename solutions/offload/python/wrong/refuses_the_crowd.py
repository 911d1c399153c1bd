# Wrong: refuses callers that come while 64 wait, with the only error there is. Caught by: busy_service

import asyncio
import concurrent.futures

from kit import TooLong, hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._waiting = 0

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        if self._waiting >= 64:
            raise TooLong()
        self._waiting += 1
        try:
            return await loop.run_in_executor(self._pool, hash_password, password)
        finally:
            self._waiting -= 1
