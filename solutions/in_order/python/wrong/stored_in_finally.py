# Wrong: `finally` makes sure that the event of a cancelled caller is stored, which it may be already. Caught by: dropped

import asyncio
import weakref


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = weakref.WeakValueDictionary()
        self._tasks = set()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        line = self._lines.setdefault(event.key, asyncio.Lock())
        is_told = False
        async with line, self._places:
            try:
                await self._sink.store(event)
                is_told = True
            except Exception:
                is_told = True
                raise
            finally:
                if not is_told:
                    await self._sink.store(event)
