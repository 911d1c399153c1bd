# Wrong: a lock for each user, and nobody looks again inside it: all fetch in turn. Caught by: cached

import asyncio
import weakref


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._locks = weakref.WeakValueDictionary()

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        lock = self._locks.setdefault(uid, asyncio.Lock())
        async with lock:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
