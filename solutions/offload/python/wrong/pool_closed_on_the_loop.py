# Wrong: `with` waits for the threads of the pool where it ends: a cancelled caller blocks the loop. Caught by: loop_answers

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._places = asyncio.Semaphore(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        async with self._places:
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                return await loop.run_in_executor(pool, hash_password, password)
