# Wrong: a cache and nothing else. Caught by: one_fetch

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
