# Wrong: a rejection reaches its caller as another exception. Caught by: own_result
"""Drill `in_order`: in order by key, side by side across keys."""

import asyncio


class Processor:
    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines = {}

    async def handle(self, event):
        done = asyncio.get_running_loop().create_future()
        line = self._lines.get(event.key)
        if line is None:
            line = self._lines[event.key] = asyncio.Queue()
            line.worker = asyncio.create_task(self._work(event.key, line))
        line.put_nowait((event, done))
        await done

    async def _work(self, key, line):
        while not line.empty():
            event, done = line.get_nowait()
            async with self._places:
                if done.cancelled():
                    continue
                try:
                    await self._sink.store(event)
                except Exception as error:
                    if not done.done():
                        done.set_exception(RuntimeError(f"not stored: {error}"))
                else:
                    if not done.done():
                        done.set_result(None)
        del self._lines[key]
