"""Right: what is too long never reaches a thread."""

import asyncio
import concurrent.futures

from kit import MAX_PASSWORD_BYTES, TooLong, hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        if len(password.encode()) > MAX_PASSWORD_BYTES:
            raise TooLong()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, hash_password, password)
