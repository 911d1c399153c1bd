# Wrong: the store is a task that keeps its turn, and its place stays with the caller. Caught by: bounded

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
        await line.acquire()
        try:
            await self._places.acquire()
        except BaseException:
            line.release()
            raise
        task = asyncio.create_task(self._sink.store(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: line.release())
        try:
            await asyncio.shield(task)
        finally:
            self._places.release()
