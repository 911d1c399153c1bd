# Wrong: the turn is handed to the next in line, and is lost if that caller is cancelled before it runs. Caught by: dropped

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
        line = self._lines.get(event.key)
        if line is None:
            line = self._lines[event.key] = collections.deque()
        else:
            turn = asyncio.get_running_loop().create_future()
            line.append(turn)
            await turn
        try:
            async with self._places:
                await self._sink.store(event)
        finally:
            while line and line[0].done():
                line.popleft()
            if line:
                line.popleft().set_result(None)
            else:
                del self._lines[event.key]
