"""Drill `offload`: keep the loop responsive while passwords are hashed."""

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        # As many threads as hashes may run at once. The limit belongs to the threads and not to
        # the callers, so a caller that is cancelled does not change it.
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, hash_password, password)
