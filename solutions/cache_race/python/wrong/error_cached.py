# Wrong: keeps the exception and raises it again. Caught by: error_not_cached

import asyncio

from kit import DbError


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._answers = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid not in self._answers:
            try:
                self._answers[uid] = await self._db.fetch_user(uid)
            except DbError as error:
                self._answers[uid] = error
        if isinstance(self._answers[uid], DbError):
            raise self._answers[uid]
        return self._answers[uid]


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
