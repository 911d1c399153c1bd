# Wrong: a waiter that is cancelled gives back a place that it never had. Caught by: bounded

import asyncio, weakref


class Processor:
    def __init__(self, sink, max_parallel):
        self._sink, self._sem = (sink, asyncio.Semaphore(max_parallel))
        self._locks = weakref.WeakValueDictionary()

    async def handle(self, event):
        lock = self._locks.setdefault(event.key, asyncio.Lock())
        async with lock:
            try:
                await self._sem.acquire()
                await self._sink.store(event)
            finally:
                self._sem.release()
