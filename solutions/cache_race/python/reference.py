"""Drill `cache_race`: build the cache everybody builds first, and count what its race costs.

Nothing here is to be fixed yet; `inflight_fix` does that.
"""

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        # No lock: nothing else runs between two awaits.
        self._users = {}

    async def get_user(self, uid):
        """The user with this id, from the cache or else from the database."""
        if uid not in self._users:
            # The race: everyone who asks while this waits finds the dictionary still empty.
            self._users[uid] = await self._db.fetch_user(uid)
        return self._users[uid]


async def stampede(db, uid, requests):
    """Sends `requests` requests for one user through a new cache, all at once, and returns
    what really happened: the fetches that began, and the seconds that passed."""
    # The database may have been used before; only this stampede is to be counted.
    begun_before = db.fetches
    clock = asyncio.get_running_loop().time
    start = clock()
    cache = UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - begun_before, clock() - start
