# Wrong: a lambda that tells of the error runs when the name `error` is gone; the task dies of it. Caught by: errors
import asyncio
from itertools import islice
class Loader:
    def __init__(self, bulk, max_batch):
        self.bulk, self.max_batch = bulk, max_batch
        self.queue = asyncio.Queue()
        self.calls = set()
        self.main = None
    async def load(self, item_id):
        if self.main is None:
            self.main = asyncio.create_task(self.run())
        answer = asyncio.get_running_loop().create_future()
        self.queue.put_nowait((item_id, answer))
        return await answer
    async def batches(self):
        while True:
            asked = {}
            first = await self.queue.get()
            asked[first[0]] = [first[1]]
            await asyncio.sleep(0)
            while not self.queue.empty():
                item_id, answer = self.queue.get_nowait()
                asked.setdefault(item_id, []).append(answer)
            some = iter(asked.items())
            while batch := dict(islice(some, self.max_batch)):
                yield batch
    async def run(self):
        async for batch in self.batches():
            call = asyncio.create_task(self.call(batch))
            self.calls.add(call)
            call.add_done_callback(self.calls.discard)
    async def call(self, batch):
        answers = {}
        try:
            for item in zip(batch, await self.bulk.load(list(batch))):
                answers.update([item])
        except Exception as error:
            tell = lambda future, _: future.set_exception(error)
        else:
            tell = lambda future, one: future.set_result(answers[one])
        for one, futures in batch.items():
            for future in futures:
                if not future.cancelled():
                    tell(future, one)
