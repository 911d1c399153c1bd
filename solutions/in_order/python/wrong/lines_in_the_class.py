# Wrong: all processors share the lines in the class. Caught by: answered

import asyncio
class Processor:
    lanes = {}
    def __init__(self, sink, max_parallel):
        self.sink, self.places = sink, asyncio.Semaphore(max_parallel)
        
    async def handle(self, event):
        lane = self.lanes.setdefault(event.key, [asyncio.Lock(), 0])
        lane[1] += 1
        try:
            async with lane[0], self.places:
                await self.sink.store(event)
        finally:
            lane[1] -= 1
            if not lane[1]: self.lanes.pop(event.key, None)
