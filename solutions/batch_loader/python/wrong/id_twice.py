# Wrong: two requests for the same id put it into the call twice. Caught by: limits

import asyncio


class Loader:
    """Loads items, all that are asked for at once in one call."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        self._max_batch = max_batch
        self._waiting = []
        self._calls = set()

    async def load(self, item_id):
        """The item of this id, or `None` if there is none."""
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._send_all)
        self._waiting.append((item_id, answer))
        return await answer

    def _send_all(self):
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), self._max_batch):
            call = asyncio.create_task(self._send(waiting[start:start + self._max_batch]))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _send(self, batch):
        try:
            items = await self._bulk.load([item_id for item_id, _ in batch])
        except Exception as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for item, (_, answer) in zip(items, batch):
            if not answer.done():
                answer.set_result(item)
