# Wrong: the worker of a key gives a cancelled caller its result: `InvalidStateError` ends it. Caught by: dropped

import asyncio
import collections


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._lines, self._workers = {}, set()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        answer = asyncio.get_running_loop().create_future()
        line = self._lines.get(event.key)
        if line is None:
            line = self._lines[event.key] = collections.deque()
            worker = asyncio.create_task(self._serve(event.key, line))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        line.append((event, answer))
        await answer

    async def _serve(self, key, line):
        while line:
            event, answer = line.popleft()
            try:
                async with self._places:
                    await self._sink.store(event)
            except Exception as error:
                answer.set_exception(error)
            else:
                answer.set_result(None)
        del self._lines[key]
