# Wrong: one lock for all keys keeps the order, and makes strangers wait for each other. Caught by: side_by_side

import asyncio


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._lock = asyncio.Lock()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        async with self._lock:
            await self._sink.store(event)
