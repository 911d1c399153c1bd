# Wrong: `Future.result()` of `concurrent.futures` blocks the loop until the thread is done. Caught by: loop_answers

import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        return self._pool.submit(hash_password, password).result()
