# Wrong: looks at the thread's future each time the loop comes round. Caught by: no_busy_wait

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        hashed = self._pool.submit(hash_password, password)
        while not hashed.done():
            await asyncio.sleep(0)
        return hashed.result()
