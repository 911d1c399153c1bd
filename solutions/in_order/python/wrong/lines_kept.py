# Wrong: the line of a key stays in the dictionary for ever. Caught by: bounded_state

import asyncio
import collections


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = collections.defaultdict(asyncio.Lock)

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        async with self._lines[event.key], self._places:
            await self._sink.store(event)
