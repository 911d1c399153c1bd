# Wrong: the queue of a key whose event is cancelled before it has a place stays for ever. Caught by: bounded_state

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
        turn = asyncio.get_running_loop().create_future()
        line = self._lines.setdefault(event.key, collections.deque())
        line.append(turn)
        placed = True
        try:
            if line[0] is not turn:
                await turn
            placed = False
            async with self._places:
                placed = True
                await self._sink.store(event)
        finally:
            was_first = line[0] is turn
            line.remove(turn)
            if not line and not placed:
                pass
            elif not line:
                del self._lines[event.key]
            elif was_first and not line[0].done():
                line[0].set_result(None)
