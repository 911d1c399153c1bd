# Wrong: a follower sleeps a millisecond and looks again. Caught by: no_polling

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

    async def get_user(self, uid):
        """The user with this id."""
        while uid in self._fetching:
            await asyncio.sleep(0.001)
        if uid in self._users:
            return self._users[uid]
        self._fetching[uid] = True
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        finally:
            del self._fetching[uid]
