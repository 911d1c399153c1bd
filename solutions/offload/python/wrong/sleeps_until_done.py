# Wrong: `time.sleep` between two looks at the thread keeps the loop. Caught by: right_results

import concurrent.futures
import time

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        hashed = self._pool.submit(hash_password, password)
        while not hashed.done():
            time.sleep(0.01)
        return hashed.result()
