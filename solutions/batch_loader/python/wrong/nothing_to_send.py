# Wrong: when the last one that waited has gone, the flush that is planned is never done. Caught by: dropped

import asyncio


class Loader:
    def __init__(self, bulk, max_batch):
        self.bulk = bulk
        self.max_batch = max_batch
        self.pending = {}
        self.places = 2
        self.scheduled = False
        self.tasks = set()

    async def load(self, item_id):
        future = asyncio.get_running_loop().create_future()
        self.pending.setdefault(item_id, set()).add(future)
        self._schedule()
        try:
            return await future
        finally:
            waiting = self.pending.get(item_id)
            if waiting and future in waiting:
                waiting.discard(future)
                if not waiting:
                    del self.pending[item_id]

    def _schedule(self):
        if not self.scheduled and self.pending and self.places:
            self.scheduled = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self):
        if self.pending:
            self.scheduled = False
        while self.places and self.pending:
            ids = list(self.pending)[: self.max_batch]
            batch = [(one, self.pending.pop(one)) for one in ids]
            self.places -= 1
            task = asyncio.get_running_loop().create_task(self.bulk.load(ids))
            self.tasks.add(task)
            task.add_done_callback(lambda task, batch=batch: self._done(task, batch))

    def _done(self, task, batch):
        self.tasks.discard(task)
        self.places += 1
        error = task.exception()
        items = None if error else task.result()
        for at, (_, futures) in enumerate(batch):
            for future in futures:
                if not future.done():
                    if error:
                        future.set_exception(error)
                    else:
                        future.set_result(items[at])
        self._schedule()
