# Wrong: `shield` keeps the hash alive, and the place is given back without waiting for it. Caught by: dropped_hashing

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
        async with self._places:
            hashed = loop.run_in_executor(self._pool, hash_password, password)
            return await asyncio.shield(hashed)
