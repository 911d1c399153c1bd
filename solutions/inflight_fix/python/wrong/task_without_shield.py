# Wrong: to cancel any caller cancels the task that all of them await. Caught by: leader_dropped

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        if uid not in self._fetching:
            self._fetching[uid] = asyncio.create_task(self._fetch(uid))
        return await self._fetching[uid]

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        finally:
            del self._fetching[uid]
