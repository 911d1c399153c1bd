"""Right: `asyncio.wait` waits for a task and does not cancel it."""

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
        task = self._fetching[uid]
        await asyncio.wait([task])
        return task.result()

    async def _fetch(self, uid):
        try:
            self._users[uid] = user = await self._db.fetch_user(uid)
            return user
        finally:
            del self._fetching[uid]
