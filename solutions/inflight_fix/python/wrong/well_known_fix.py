# Wrong: `finally` takes the entry out, and nobody resolves the future that the others await. Caught by: error_ends_waiting

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
            return await self._fetching[uid]
        future = self._fetching[uid] = asyncio.get_running_loop().create_future()
        try:
            user = await self._db.fetch_user(uid)
            self._users[uid] = user
            future.set_result(user)
            return user
        finally:
            del self._fetching[uid]
