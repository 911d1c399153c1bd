# Wrong: cuts a password that is too long to the 72 bytes that are read, and calls it hashed. Caught by: too_long

import asyncio
import concurrent.futures

from kit import MAX_PASSWORD_BYTES, hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        fits = password.encode()[:MAX_PASSWORD_BYTES].decode(errors="ignore")
        return await loop.run_in_executor(self._pool, hash_password, fits)
