"""Right: a lock for each user who is being asked for, looked at again inside."""

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._locks = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        lock, wanted = self._locks.setdefault(uid, (asyncio.Lock(), []))
        wanted.append(None)
        try:
            async with lock:
                if uid not in self._users:
                    self._users[uid] = await self._db.fetch_user(uid)
                return self._users[uid]
        finally:
            wanted.pop()
            if not wanted:
                del self._locks[uid]
