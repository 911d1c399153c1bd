"""Right: plain callbacks: keys that are ready, and as many stores as there are places."""

import asyncio
import collections
import functools


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._room = max_parallel
        self._lines = {}
        self._ready = collections.deque()
        self._stores = set()

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        answer = asyncio.get_running_loop().create_future()
        line = self._lines.get(event.key)
        if line is None:
            line = self._lines[event.key] = collections.deque()
            self._ready.append(event.key)
        line.append((event, answer))
        self._go_on()
        await answer

    def _go_on(self):
        while self._room and self._ready:
            key = self._ready.popleft()
            event, answer = self._lines[key].popleft()
            self._room -= 1
            store = asyncio.create_task(self._sink.store(event))
            self._stores.add(store)
            store.add_done_callback(functools.partial(self._over, key, answer))

    def _over(self, key, answer, store):
        self._stores.discard(store)
        self._room += 1
        if not answer.done():
            if store.exception() is None:
                answer.set_result(None)
            else:
                answer.set_exception(store.exception())
        if self._lines[key]:
            self._ready.append(key)
        else:
            del self._lines[key]
        self._go_on()
