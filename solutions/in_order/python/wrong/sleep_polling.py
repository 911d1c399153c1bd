# Wrong: an event looks every millisecond whether its turn has come. Caught by: no_polling

import asyncio
import collections


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = {}

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        turn = object()
        line = self._lines.setdefault(event.key, collections.deque())
        line.append(turn)
        try:
            while line[0] is not turn:
                await asyncio.sleep(0.001)
            async with self._places:
                await self._sink.store(event)
        finally:
            line.remove(turn)
            if not line:
                del self._lines[event.key]
