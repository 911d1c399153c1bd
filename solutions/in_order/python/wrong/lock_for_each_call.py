# Wrong: each call makes a lock of its own, which keeps nobody out. Caught by: in_order

import asyncio


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        async with asyncio.Lock(), self._places:
            await self._sink.store(event)
