# Wrong: a waiter that was called and is cancelled before it runs takes the place along. Caught by: dropped

import asyncio
import weakref
from collections import deque


class Processor:
    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._free = max_parallel
        self._line = deque()
        self._locks = weakref.WeakValueDictionary()

    async def handle(self, event):
        lock = self._locks.setdefault(event.key, asyncio.Lock())
        async with lock:
            if self._free > 0:
                self._free -= 1
            else:
                called = asyncio.get_running_loop().create_future()
                self._line.append(called)
                # The task that calls it hands its place over.
                await called
            try:
                await self._sink.store(event)
            finally:
                self._hand_over()

    def _hand_over(self):
        while self._line:
            called = self._line.popleft()
            if not called.done():
                called.set_result(None)
                return
        self._free += 1
