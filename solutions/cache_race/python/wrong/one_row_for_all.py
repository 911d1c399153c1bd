# Wrong: keeps one row and hands it to everybody. Caught by: two_users

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._user = None

    async def get_user(self, uid):
        """The user with this id."""
        if self._user is None:
            self._user = await self._db.fetch_user(uid)
        return self._user


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
