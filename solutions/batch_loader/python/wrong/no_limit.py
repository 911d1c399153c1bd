# Wrong: one call for all that are there, however many. Caught by: limits

import asyncio


class Loader:
    """Loads items, all that are asked for at once in one call."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        self._max_batch = max_batch
        self._waiting = {}
        self._calls = set()

    async def load(self, item_id):
        """The item of this id, or `None` if there is none."""
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._send_all)
        self._waiting.setdefault(item_id, []).append(answer)
        return await answer

    def _send_all(self):
        waiting, self._waiting = self._waiting, {}
        ids = list(waiting)
        for start in range(0, len(ids), max(1, len(ids))):
            batch = waiting
            call = asyncio.create_task(self._send(batch))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

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
