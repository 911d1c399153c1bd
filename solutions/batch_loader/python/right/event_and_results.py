"""Right: an event is set when a call is over, and its callers look up what it brought."""

import asyncio


class Loader:
    """Loads items, all that are asked for at once in one call."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        self._max_batch = max_batch
        self._round = None
        self._calls = set()

    async def load(self, item_id):
        """The item of this id, or `None` if there is none."""
        if self._round is None:
            self._round = {"ids": [], "over": asyncio.Event(), "items": {}}
            task = asyncio.create_task(self._send_all(self._round))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        mine = self._round
        if item_id not in mine["ids"]:
            mine["ids"].append(item_id)
        while item_id not in mine["items"]:
            await mine["over"].wait()
        item, error = mine["items"][item_id]
        if error is not None:
            raise error
        return item

    async def _send_all(self, mine):
        await asyncio.sleep(0)
        self._round = None
        ids = mine["ids"]
        while ids:
            batch, ids = ids[:self._max_batch], ids[self._max_batch:]
            try:
                brought = [(item, None) for item in await self._bulk.load(batch)]
            except Exception as error:
                brought = [(None, error)] * len(batch)
            mine["items"].update(zip(batch, brought))
            mine["over"].set()
            mine["over"] = asyncio.Event()
