# Wrong: `await` in a loop sends one request after the other. Caught by: stampede_fetches

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid not in self._users:
            self._users[uid] = await self._db.fetch_user(uid)
        return self._users[uid]


async def stampede(db, uid, requests):
    """Sends `requests` requests and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    for _ in range(requests):
        await cache.get_user(uid)
    return db.fetches - before, clock() - start
