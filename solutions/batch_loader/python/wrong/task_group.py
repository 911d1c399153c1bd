# Wrong: the calls of a turn are in one `TaskGroup`: an error in one cancels the others. Caught by: errors

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
            call = asyncio.create_task(self._send_all())
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        self._waiting.setdefault(item_id, []).append(answer)
        return await answer

    async def _send_all(self):
        await asyncio.sleep(0)
        waiting, self._waiting = self._waiting, {}
        ids, size = list(waiting), self._max_batch
        try:
            async with asyncio.TaskGroup() as calls:
                for start in range(0, len(ids), size):
                    batch = {one: waiting[one] for one in ids[start:start + size]}
                    calls.create_task(self._send(batch))
        except* Exception as errors:
            for answer in sum(waiting.values(), []):
                if not answer.done():
                    answer.set_exception(errors.exceptions[0])

    async def _send(self, batch):
        items = await self._bulk.load(list(batch))
        for item, answers in zip(items, batch.values()):
            for answer in answers:
                if not answer.done():
                    answer.set_result(item)
