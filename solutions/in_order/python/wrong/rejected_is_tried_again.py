# Wrong: a rejected event is given to the sink again. Caught by: stored_once

import asyncio
import weakref

from kit import Rejected


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = weakref.WeakValueDictionary()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, asyncio.Lock())
        async with line, self._places:
            try:
                await self._sink.store(event)
            except Rejected:
                await self._sink.store(event)
