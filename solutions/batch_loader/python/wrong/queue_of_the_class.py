# Wrong: the ids that wait belong to the class until the first call, so a loader that is gone leaves its own to the next one. Caught by: answered
import asyncio


class Loader:
    wanted = {}
    tasks = set()

    def __init__(self, bulk, max_batch):
        self.bulk = bulk
        self.max_batch = max_batch

    async def load(self, item_id):
        loop = asyncio.get_running_loop()
        if not self.wanted:
            loop.call_soon(self.send)
        future = loop.create_future()
        self.wanted.setdefault(item_id, []).append(future)
        return await future

    def send(self):
        wanted, self.wanted = list(self.wanted.items()), {}
        for start in range(0, len(wanted), self.max_batch):
            batch = dict(wanted[start : start + self.max_batch])
            task = asyncio.get_running_loop().create_task(self.call(batch))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def call(self, batch):
        try:
            items = await self.bulk.load(list(batch))
        except Exception as error:
            for futures in batch.values():
                for future in futures:
                    if not future.done():
                        future.set_exception(error)
            return
        for futures, item in zip(batch.values(), items):
            for future in futures:
                if not future.done():
                    future.set_result(item)
