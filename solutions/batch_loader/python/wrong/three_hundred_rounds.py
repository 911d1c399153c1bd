# Wrong: the task that sends ends after three hundred rounds. Caught by: answered

import asyncio


class Loader:
    """Loads items, all that are asked for at once in one call."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        self._max_batch = max_batch
        self._queue = asyncio.Queue()
        self._worker = None
        self._calls = set()

    async def load(self, item_id):
        """The item of this id, or `None` if there is none."""
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        answer = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((item_id, answer))
        return await answer

    async def _work(self):
        for _ in range(300):
            come = [await self._queue.get()]
            await asyncio.sleep(0)
            while not self._queue.empty():
                come.append(self._queue.get_nowait())
            waiting = {}
            for item_id, answer in come:
                waiting.setdefault(item_id, []).append(answer)
            ids = list(waiting)
            while ids:
                batch = {one: waiting[one] for one in ids[:self._max_batch]}
                del ids[:self._max_batch]
                call = asyncio.create_task(self._send(batch))
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)
            # The answers are their callers' now.
            del come, waiting

    async def _send(self, batch):
        try:
            items = await self._bulk.load(list(batch))
        except Exception as error:
            for answer in sum(batch.values(), []):
                if not answer.done():
                    answer.set_exception(error)
            return
        for item, answers in zip(items, batch.values()):
            for answer in answers:
                if not answer.done():
                    answer.set_result(item)
