# Wrong: each key has its line, and `max_parallel` is forgotten. Caught by: bounded

import asyncio
import weakref


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._lines = weakref.WeakValueDictionary()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, asyncio.Lock())
        async with line:
            await self._sink.store(event)
