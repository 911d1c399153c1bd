# Wrong: an event that is done takes the line out of the dictionary, though others stand in it. Caught by: in_order

import asyncio


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = {}

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, asyncio.Lock())
        try:
            async with line, self._places:
                await self._sink.store(event)
        finally:
            self._lines.pop(event.key, None)
