# Wrong: a semaphore lets ten requests through at a time. Caught by: stampede_fetches

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
    before, clock, places = db.fetches, asyncio.get_running_loop().time, asyncio.Semaphore(10)
    start, cache = clock(), UserCache(db)

    async def one():
        async with places:
            return await cache.get_user(uid)

    await asyncio.gather(*(one() for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
