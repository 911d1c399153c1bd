# Wrong: everyone who hears of an error fetches for itself, all at once. Caught by: error_no_herd

import asyncio

from kit import DbError


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
            try:
                return await asyncio.shield(self._fetching[uid])
            except DbError:
                self._users[uid] = await self._db.fetch_user(uid)
                return self._users[uid]
        task = self._fetching[uid] = asyncio.create_task(self._fetch(uid))
        return await asyncio.shield(task)

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        finally:
            del self._fetching[uid]
