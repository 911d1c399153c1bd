"""Right: a lock around each look at the dictionary: needless, and harmless."""

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._lock = asyncio.Lock()

    async def get_user(self, uid):
        """The user with this id."""
        async with self._lock:
            user = self._users.get(uid)
        if user is None:
            user = await self._db.fetch_user(uid)
            async with self._lock:
                self._users[uid] = user
        return user


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
