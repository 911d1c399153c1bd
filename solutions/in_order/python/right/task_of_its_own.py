"""Right: the event is handled in a task that goes on when its caller is cancelled."""

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
        task = asyncio.create_task(self._handle(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def _handle(self, event):
        # The first line of this task runs in the order in which the tasks were made.
        line = self._lines.setdefault(event.key, asyncio.Lock())
        async with line, self._places:
            await self._sink.store(event)
