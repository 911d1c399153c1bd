# Wrong: the place of every second caller that is cancelled while its hash runs is lost. Caught by: dropped_hashing

import asyncio
import concurrent.futures

from kit import hash_password


class PasswordService:
    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._places = asyncio.Semaphore(max_parallel)
        self._gone = 0
        self._kept = set()

    async def hash(self, password):
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, hash_password, password)
        task = asyncio.ensure_future(self._until(future))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._gone += 1
            if self._gone % 2 == 0:
                self._kept.add(task)
            raise

    async def _until(self, future):
        try:
            return await future
        finally:
            if asyncio.current_task() not in self._kept:
                self._places.release()
