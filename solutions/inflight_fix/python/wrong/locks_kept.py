# Wrong: the lock of every user ever asked for is kept. Caught by: bounded_state

import asyncio
import collections


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._locks = collections.defaultdict(asyncio.Lock)

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        async with self._locks[uid]:
            if uid not in self._users:
                self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
