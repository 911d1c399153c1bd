"""Right: as many workers as there are places take the keys that have something to do."""

from __future__ import annotations
import asyncio
from collections import deque


class Processor:
    def __init__(self, sink, max_parallel: int) -> None:
        self._sink = sink
        self._lines: dict[int, deque] = {}
        self._ready: asyncio.Queue[int] = asyncio.Queue()
        self._crew = asyncio.create_task(self._run(max_parallel))

    async def _run(self, count):
        async with asyncio.TaskGroup() as crew:
            for _ in range(count):
                crew.create_task(self._work())

    async def _work(self):
        while True:
            key = await self._ready.get()
            line = self._lines[key]
            event, done = line[0]
            if not done.done():
                try:
                    await self._sink.store(event)
                except Exception as error:
                    if not done.done():
                        done.set_exception(error)
                else:
                    if not done.done():
                        done.set_result(None)
            line.popleft()
            if line:
                self._ready.put_nowait(key)
            else:
                del self._lines[key]

    async def handle(self, event):
        done = asyncio.get_running_loop().create_future()
        line = self._lines.get(event.key)
        if line is None:
            self._lines[event.key] = deque([(event, done)])
            self._ready.put_nowait(event.key)
        else:
            line.append((event, done))
        await done
