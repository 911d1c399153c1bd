# Wrong: `wait_for` gives up a caller that has waited for half a minute. Caught by: right_results

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
        hashed = loop.run_in_executor(self._pool, hash_password, password)
        return await asyncio.wait_for(hashed, 30)
