"""The tests you can see; `python3 -m unittest` in this folder runs them, and
`cargo grade batch_loader exercises/batch_loader/python` the hidden ones."""

import asyncio
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kit/python"))

from kit import Bulk

from batch_loader import Loader


class Public(unittest.IsolatedAsyncioTestCase):
    async def loaded(self, max_batch, ids):
        """What the items of these ids say, asked for at once, and the calls that it took."""
        bulk = Bulk(latency=0.001)
        loader = Loader(bulk, max_batch)
        every = asyncio.gather(*(loader.load(one) for one in ids))
        items = await asyncio.wait_for(every, 5)
        return [item and item.text for item in items], bulk.calls

    async def test_each_request_gets_its_own_item(self):
        texts, _ = await self.loaded(8, [3, 20, 1])
        self.assertEqual(texts, ["this is item 3", None, "this is item 1"])

    async def test_requests_that_are_there_together_go_out_in_one_call(self):
        _, calls = await self.loaded(8, [1, 2, 3, 2])
        self.assertEqual([sorted(ids) for ids in calls], [[1, 2, 3]])

    async def test_no_call_has_more_ids_than_it_may(self):
        _, calls = await self.loaded(2, [1, 2, 3, 4, 5])
        self.assertEqual(sorted(map(len, calls)), [1, 2, 2])


if __name__ == "__main__":
    unittest.main()
