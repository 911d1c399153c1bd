# Wrong: the thread sets the result itself: a future is not safe for threads, and nobody is woken. Caught by: right_results

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
        answer = loop.create_future()
        self._pool.submit(self._hash, password, answer)
        return await answer

    def _hash(self, password, answer):
        try:
            answer.set_result(hash_password(password))
        except Exception as error:
            answer.set_exception(error)
