"""Drill `inflight_fix`: a cache in one file with its tests."""

import asyncio
import unittest


class UserCache:
    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

    async def get_user(self, uid):
        if uid in self._users:
            return self._users[uid]
        if uid not in self._fetching:
            self._fetching[uid] = asyncio.ensure_future(self._fetch(uid))
        return await asyncio.shield(self._fetching[uid])

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        finally:
            del self._fetching[uid]


class OneFetch(unittest.IsolatedAsyncioTestCase):
    async def test_many_ask_at_once(self):
        from kit import Db

        db = Db(0.01)
        cache = UserCache(db)
        await asyncio.gather(*(cache.get_user(1) for _ in range(10)))
        self.assertEqual(db.fetches, 1)

    @unittest.skip("not yet")
    def test_later(self):
        self.fail()


if __name__ == "__main__":
    unittest.main()
