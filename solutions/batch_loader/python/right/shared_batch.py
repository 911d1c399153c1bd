"""Right: those who are in one call share its task, each behind a shield of its own."""

import asyncio


class Loader:
    """Loads items, all that are asked for at once in one call."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        self._max_batch = max_batch
        self._batch = None

    async def load(self, item_id):
        """The item of this id, or `None` if there is none."""
        batch = self._batch
        if batch is None or (item_id not in batch.ids and len(batch.ids) == self._max_batch):
            batch = self._batch = Batch()
            batch.task = asyncio.create_task(self._send(batch))
        batch.ids[item_id] = None
        items = await asyncio.shield(batch.task)
        return items[item_id]

    async def _send(self, batch):
        # Those who ask in this turn of the loop are added meanwhile.
        await asyncio.sleep(0)
        if self._batch is batch:
            self._batch = None
        ids = list(batch.ids)
        return dict(zip(ids, await self._bulk.load(ids)))


class Batch:
    """The ids of one call, and its task."""

    def __init__(self):
        self.ids = {}
        self.task = None
