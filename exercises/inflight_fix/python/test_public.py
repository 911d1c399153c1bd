"""The tests you can see; `python3 -m unittest` in this folder runs them, and
`cargo grade inflight_fix exercises/inflight_fix/python` the hidden ones."""

import asyncio
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kit/python"))

from kit import Db, NotFound

from inflight_fix import UserCache


class Public(unittest.IsolatedAsyncioTestCase):
    async def test_a_hundred_requests_for_one_user_cost_one_fetch(self):
        db = Db(latency=0.02)
        cache = UserCache(db)
        answers = await asyncio.gather(*(cache.get_user(42) for _ in range(100)))
        self.assertEqual({answer.id for answer in answers}, {42})
        self.assertEqual(db.fetches, 1)

    async def test_an_error_is_not_cached(self):
        db = Db(latency=0.02)
        cache = UserCache(db)
        for _ in range(2):
            with self.assertRaises(NotFound):
                await cache.get_user(0)
        self.assertEqual(db.fetches, 2)


if __name__ == "__main__":
    unittest.main()
