# Wrong: a semaphore bounds the stores, and nothing keeps the events of a key apart. Caught by: in_order

import asyncio


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        async with self._places:
            await self._sink.store(event)
