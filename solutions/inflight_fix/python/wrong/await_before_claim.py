# Wrong: looks, awaits, and only then says that it fetches. Caught by: one_fetch

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
        task = self._fetching.get(uid)
        if task is None:
            await asyncio.sleep(0)
            task = self._fetching[uid] = asyncio.create_task(self._fetch(uid))
        return await asyncio.shield(task)

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        finally:
            self._fetching.pop(uid, None)
