# Wrong: `wait_for` ends a slow fetch with an error that no fetch raised. Caught by: answered

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
        return await asyncio.shield(self._fetching[uid])

    async def _fetch(self, uid):
        try:
            self._users[uid] = await asyncio.wait_for(self._db.fetch_user(uid), 5)
            return self._users[uid]
        finally:
            del self._fetching[uid]
