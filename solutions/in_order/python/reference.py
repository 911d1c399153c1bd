"""Drill `in_order`: in order for each key, side by side between keys."""

import asyncio
import weakref


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        # A line for each key that has an event: forgotten with its last one.
        self._lines = weakref.WeakValueDictionary()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, asyncio.Lock())
        # `asyncio.Lock` is fair: it goes to those who wait in the order they came, and passes over
        # those who were cancelled. Only then a place: an event that waits for its turn takes none
        # from the other keys. If the caller is cancelled, so are store, place and turn.
        async with line, self._places:
            await self._sink.store(event)
