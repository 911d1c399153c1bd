# Wrong: the task enters itself as under way, but it has not run when the next caller looks. Caught by: one_fetch

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
        if uid in self._fetching:
            return await asyncio.shield(self._fetching[uid])
        return await asyncio.shield(asyncio.create_task(self._fetch(uid)))

    async def _fetch(self, uid):
        self._fetching[uid] = asyncio.current_task()
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        finally:
            self._fetching.pop(uid, None)
