# Wrong: a place that a rejected event gives back is given back once more by `async with`. Caught by: bounded

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
                self._places.release()
                raise
