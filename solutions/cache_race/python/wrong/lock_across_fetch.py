# Wrong: each user's `asyncio.Lock` is held across the fetch, so all wait in line. Caught by: race

import asyncio
import collections


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._locks = collections.defaultdict(asyncio.Lock)

    async def get_user(self, uid):
        """The user with this id."""
        async with self._locks[uid]:
            if uid not in self._users:
                self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
