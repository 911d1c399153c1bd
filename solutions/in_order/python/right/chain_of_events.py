"""Right: each event waits for the future of the one before it."""

import asyncio


class Processor:
    """Hands events to a sink, in order for each key."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        self._places = asyncio.Semaphore(max_parallel)
        self._last = {}

    async def handle(self, event):
        """Has `event` stored, and returns when that is done."""
        before = self._last.get(event.key)
        done = asyncio.get_running_loop().create_future()
        self._last[event.key] = done
        try:
            if before is not None:
                # `wait` leaves the future alone when it is cancelled.
                await asyncio.wait([before])
            async with self._places:
                await self._sink.store(event)
        finally:
            if before is None or before.done():
                self._end(event.key, done)
            else:
                before.add_done_callback(lambda _: self._end(event.key, done))

    def _end(self, key, done):
        done.set_result(None)
        if self._last.get(key) is done:
            del self._last[key]
