# Wrong: the fetch is shielded, but what caches its row and takes the entry out is not. Caught by: leader_dropped

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
            await self._fetching[uid].wait()
        if uid in self._users:
            return self._users[uid]
        over = self._fetching[uid] = asyncio.Event()
        try:
            self._users[uid] = await asyncio.shield(self._db.fetch_user(uid))
            return self._users[uid]
        finally:
            del self._fetching[uid]
            over.set()
