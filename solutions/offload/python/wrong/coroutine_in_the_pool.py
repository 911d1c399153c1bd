# Wrong: the pool's thread only makes the coroutine; the loop awaits it and hashes. Caught by: off_the_loop

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        return await (await loop.run_in_executor(self._pool, self._hash, password))

    async def _hash(self, password):
        return hash_password(password)
