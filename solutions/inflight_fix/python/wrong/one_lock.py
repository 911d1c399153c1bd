# Wrong: one lock for all users is held across the fetch. Caught by: users_independent

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._lock = asyncio.Lock()

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        async with self._lock:
            if uid not in self._users:
                self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
