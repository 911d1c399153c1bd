"""Workers that are started when needed take keys from a queue, one event at a time."""

import asyncio


class Processor:
    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._max_parallel = max_parallel
        # Of each key that is ready or worked on: events with what their callers await.
        self._events = {}
        self._ready = []
        self._workers = set()

    async def handle(self, event):
        done = asyncio.get_running_loop().create_future()
        if event.key in self._events:
            self._events[event.key].append((event, done))
        else:
            self._events[event.key] = [(event, done)]
            self._ready.append(event.key)
            if len(self._workers) < self._max_parallel:
                self._workers.add(asyncio.create_task(self._work()))
        return await done

    async def _work(self):
        while self._ready:
            key = self._ready.pop(0)
            event, done = self._events[key].pop(0)
            if not done.cancelled():
                await self._store(event, done)
            if self._events[key]:
                self._ready.append(key)
            else:
                del self._events[key]
        self._workers.discard(asyncio.current_task())

    async def _store(self, event, done):
        try:
            await self._sink.store(event)
        except Exception as error:
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(None)
