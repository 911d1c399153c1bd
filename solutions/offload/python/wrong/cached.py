# Wrong: remembers every hash by its password; a second caller gets the first one's, salt and all. Caught by: right_results

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._hashes = {}

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        if password not in self._hashes:
            hashed = loop.run_in_executor(self._pool, hash_password, password)
            self._hashes[password] = asyncio.ensure_future(hashed)
        return await asyncio.shield(self._hashes[password])
