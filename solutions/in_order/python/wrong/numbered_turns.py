# Wrong: turns go by number, and the number of a cancelled caller is never called. Caught by: dropped

import asyncio
import collections


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = {}
        self._changed = asyncio.Condition()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, [0, 0])
        number = line[0]
        line[0] += 1
        async with self._changed:
            await self._changed.wait_for(lambda: line[1] == number)
        try:
            async with self._places:
                await self._sink.store(event)
        finally:
            async with self._changed:
                line[1] += 1
                if line[1] == line[0]:
                    del self._lines[event.key]
                self._changed.notify_all()
