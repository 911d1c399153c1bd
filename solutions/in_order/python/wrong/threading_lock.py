# Wrong: the lock of a key is one of `threading`, whose second holder stops the whole loop. Caught by: answered

import asyncio
import threading
import weakref


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = weakref.WeakValueDictionary()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, threading.Lock())
        with line:
            async with self._places:
                await self._sink.store(event)
