# Wrong: the sink's answer is logged and not handed on. Caught by: own_result

import asyncio
import weakref
import logging


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = weakref.WeakValueDictionary()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, asyncio.Lock())
        async with line, self._places:
            try:
                await self._sink.store(event)
            except Exception as error:
                logging.getLogger(__name__).debug("not stored: %s", error)
