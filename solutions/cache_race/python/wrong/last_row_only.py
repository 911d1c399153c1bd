# Wrong: remembers the last row only. Caught by: two_users

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._last = None

    async def get_user(self, uid):
        """The user with this id."""
        if self._last is None or self._last.id != uid:
            self._last = await self._db.fetch_user(uid)
        return self._last


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
