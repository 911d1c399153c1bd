# Wrong: those who are in one call await its task without a shield: one cancelled request cancels all. Caught by: dropped

import asyncio


class Loader:
    """Loads items, all that are asked for at once in one call."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        self._max_batch = max_batch
        self._ids, self._task = [], None

    async def load(self, item_id):
        """The item of this id, or `None` if there is none."""
        if item_id not in self._ids:
            if self._task is None or len(self._ids) == self._max_batch:
                self._ids = []
                self._task = asyncio.create_task(self._send(self._ids))
            self._ids.append(item_id)
        items = await self._task
        return items[item_id]

    async def _send(self, ids):
        await asyncio.sleep(0)
        if self._ids is ids:
            self._ids, self._task = [], None
        return dict(zip(ids, await self._bulk.load(ids)))
