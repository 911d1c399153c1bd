# Wrong: `to_thread` has the default pool's size as its bound, whatever `max_parallel` says. Caught by: bounded

import asyncio

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._max_parallel = max_parallel

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        return await asyncio.to_thread(hash_password, password)
