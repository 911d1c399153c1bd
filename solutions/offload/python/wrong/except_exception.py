# Wrong: the place is given back in `except Exception`, which does not see a cancelled caller. Caught by: dropped_hashing

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(4 * max_parallel)
        self._places = asyncio.Semaphore(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        await self._places.acquire()
        try:
            text = await loop.run_in_executor(self._pool, hash_password, password)
        except Exception:
            self._places.release()
            raise
        self._places.release()
        return text
