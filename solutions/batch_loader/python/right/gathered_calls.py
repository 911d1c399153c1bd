"""Right: one task makes all the calls of a turn and gathers what they bring."""

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
        answer = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(item_id, []).append(answer)
        if len(self._waiting) == 1 and len(self._waiting[item_id]) == 1:
            task = asyncio.create_task(self._send_all())
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        return await answer

    async def _send_all(self):
        await asyncio.sleep(0)
        waiting, self._waiting = self._waiting, {}
        ids, size = list(waiting), self._max_batch
        batches = [ids[start:start + size] for start in range(0, len(ids), size)]
        calls = (self._call(batch, waiting) for batch in batches)
        await asyncio.gather(*calls)

    async def _call(self, batch, waiting):
        try:
            brought = dict(zip(batch, await self._bulk.load(batch)))
        except Exception as error:
            brought = error
        for one in batch:
            for answer in waiting[one]:
                if answer.done():
                    continue
                if isinstance(brought, Exception):
                    answer.set_exception(brought)
                else:
                    answer.set_result(brought[one])
