"""The tests you can see; `python3 -m unittest` in this folder runs them, and
`cargo grade cache_race exercises/cache_race/python` the hidden ones."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kit/python"))

from kit import Db

from cache_race import UserCache, stampede


class Public(unittest.IsolatedAsyncioTestCase):
    async def test_the_second_request_for_a_user_is_served_from_the_cache(self):
        db = Db(latency=0.02)
        cache = UserCache(db)
        self.assertEqual(await cache.get_user(42), await cache.get_user(42))
        self.assertEqual(db.fetches, 1)

    async def test_a_stampede_of_ten_costs_ten_fetches(self):
        fetches, _ = await stampede(Db(latency=0.02), 42, 10)
        self.assertEqual(fetches, 10)


if __name__ == "__main__":
    unittest.main()
