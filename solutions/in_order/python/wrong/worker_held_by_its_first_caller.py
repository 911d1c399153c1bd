# Wrong: only the caller that began the worker holds it; once that returns, it may be lost. Caught by: answered

import asyncio
from collections import deque


class Processor:
    def __init__(self, sink, max_parallel):
        self.sink = sink
        self.gate = asyncio.Semaphore(max_parallel)
        self.queues = {}

    async def handle(self, event):
        done = asyncio.get_running_loop().create_future()
        queue = self.queues.get(event.key)
        if queue is None:
            queue = self.queues[event.key] = deque()
            worker = asyncio.create_task(self.work(event.key, queue))
        queue.append((event, done))
        await done

    async def work(self, key, queue):
        while queue:
            event, done = queue.popleft()
            if done.done():
                continue
            async with self.gate:
                try:
                    await self.sink.store(event)
                except Exception as error:
                    done.done() or done.set_exception(error)
                else:
                    done.done() or done.set_result(None)
        del self.queues[key]
