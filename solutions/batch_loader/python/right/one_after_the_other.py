"""Right: a task sends one call after the other, as long as somebody waits."""

import asyncio


class Loader:
    """Loads items, all that are asked for at once in one call."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        self._max_batch = max_batch
        self._waiting = []
        self._sender = None

    async def load(self, item_id):
        """The item of this id, or `None` if there is none."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((item_id, answer))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_all())
        return await answer

    async def _send_all(self):
        await asyncio.sleep(0)
        while self._waiting:
            batch = {}
            for item_id, answer in self._waiting:
                if item_id in batch or len(batch) < self._max_batch:
                    batch.setdefault(item_id, []).append(answer)
            self._waiting = [(it, answer) for it, answer in self._waiting if it not in batch]
            try:
                items, error = await self._bulk.load(list(batch)), None
            except Exception as failed:
                items, error = [None] * len(batch), failed
            for item, answers in zip(items, batch.values()):
                for answer in answers:
                    if answer.done():
                        continue
                    if error is None:
                        answer.set_result(item)
                    else:
                        answer.set_exception(error)
        self._sender = None
