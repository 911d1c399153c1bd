# Wrong: sixteen lines for all keys, so that some strangers share one. Caught by: side_by_side

import asyncio


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = [asyncio.Lock() for _ in range(16)]

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        async with self._lines[hash(event.key) % 16], self._places:
            await self._sink.store(event)
