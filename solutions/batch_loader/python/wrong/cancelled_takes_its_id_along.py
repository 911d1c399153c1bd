# Wrong: a cancelled caller takes its id out, for others who asked for it too. Caught by: dropped

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
        try:
            return await answer
        except asyncio.CancelledError:
            self._waiting.pop(item_id, None)
            raise

    def _send_all(self):
        waiting, self._waiting = self._waiting, {}
        ids = list(waiting)
        for start in range(0, len(ids), self._max_batch):
            batch = {one: waiting[one] for one in ids[start:start + self._max_batch]}
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
