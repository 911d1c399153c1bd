"""Right: a semaphore for each key, and all given back by hand in `finally`."""

import asyncio
import weakref


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = weakref.WeakValueDictionary()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        turn = self._lines.setdefault(event.key, asyncio.Semaphore(1))
        await turn.acquire()
        try:
            await self._places.acquire()
            try:
                return await self._sink.store(event)
            finally:
                self._places.release()
        finally:
            turn.release()
