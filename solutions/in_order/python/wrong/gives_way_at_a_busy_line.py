# Wrong: yields before it joins a busy line, and a later event may join first. Caught by: in_order

import asyncio
import weakref


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = weakref.WeakValueDictionary()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, asyncio.Lock())
        if line.locked():
            # The store under way may be about to end.
            await asyncio.sleep(0)
        async with line, self._places:
            await self._sink.store(event)
