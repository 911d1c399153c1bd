"""Right: as many tasks as hashes may run at once take jobs from a queue."""

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._max_parallel = max_parallel
        self._jobs = asyncio.Queue()
        self._workers = []

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        if not self._workers:
            work = [self._work() for _ in range(self._max_parallel)]
            self._workers = [asyncio.create_task(one) for one in work]
        answer = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait((password, answer))
        return await answer

    async def _work(self):
        loop = asyncio.get_running_loop()
        while True:
            password, answer = await self._jobs.get()
            if answer.done():
                continue
            try:
                text = await loop.run_in_executor(self._pool, hash_password, password)
            except Exception as error:
                if not answer.done():
                    answer.set_exception(error)
            else:
                if not answer.done():
                    answer.set_result(text)
