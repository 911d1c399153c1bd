# Wrong: a waiter that was notified and is cancelled before it runs takes the word along. Caught by: dropped

import asyncio, weakref


class Processor:
    def __init__(self, sink, max_parallel):
        self._sink, self._free, self._cond, self._locks = (sink, max_parallel, asyncio.Condition(), weakref.WeakValueDictionary())

    async def handle(self, event):
        lock = self._locks.setdefault(event.key, asyncio.Lock())
        async with lock:
            async with self._cond:
                await self._cond.wait_for(lambda: self._free > 0)
                self._free -= 1
            try:
                await self._sink.store(event)
            finally:
                self._free += 1
                if self._cond.locked():
                    async with self._cond:
                        self._cond.notify(1)
                else:
                    await self._cond.acquire()
                    self._cond.notify(1)
                    self._cond.release()
