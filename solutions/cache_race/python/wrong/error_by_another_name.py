# Wrong: every error is told as one that no fetch raised. Caught by: error_not_cached

import asyncio

from kit import DbError


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid not in self._users:
            try:
                self._users[uid] = await self._db.fetch_user(uid)
            except DbError as error:
                raise KeyError(uid) from error
        return self._users[uid]


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
