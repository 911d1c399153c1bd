"""The tests you can see; `python3 -m unittest` in this folder runs them, and
`cargo grade in_order exercises/in_order/python` the hidden ones."""

import asyncio
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kit/python"))

from kit import Event, Sink

from in_order import Processor


class Watched(Sink):
    """A sink that counts how many stores are under way at once."""

    def __init__(self):
        super().__init__(latency=0.001)
        self.live = self.most = 0

    async def store(self, event):
        self.live += 1
        self.most = max(self.most, self.live)
        try:
            await super().store(event)
        finally:
            self.live -= 1


class Public(unittest.IsolatedAsyncioTestCase):
    async def handled(self, max_parallel, events):
        """A sink, after these events were handed in at once."""
        sink = Watched()
        processor = Processor(sink, max_parallel)
        every = [processor.handle(Event(key, number)) for key, number in events]
        await asyncio.wait_for(asyncio.gather(*every), 5)
        return sink

    async def test_events_of_one_key_are_stored_one_after_the_other(self):
        sink = await self.handled(4, [(8, 30), (8, 10), (8, 20)])
        self.assertEqual([event.number for event in sink.stored], [30, 10, 20])
        self.assertEqual(sink.most, 1)

    async def test_events_of_different_keys_are_stored_side_by_side_up_to_the_limit(self):
        for max_parallel in (4, 2, 1):
            sink = await self.handled(max_parallel, [(1, 1), (2, 2), (3, 3), (4, 4)])
            self.assertEqual(sink.most, max_parallel)
            self.assertEqual(len(sink.stored), 4)


if __name__ == "__main__":
    unittest.main()
