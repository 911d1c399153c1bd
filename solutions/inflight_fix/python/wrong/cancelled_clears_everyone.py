# Wrong: a cancelled leader clears all that are under way, other users' too. Caught by: long_runs

import asyncio


class UserCache:
    """A cache in front of the database that never fetches a user twice at once."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        # For each user with a fetch under way, what is set when it is over.
        self._fetching = {}

    async def get_user(self, uid):
        """The user with this id: from the cache, from the fetch under way, or from a new one."""
        while uid not in self._users:
            over = self._fetching.get(uid)
            if over is None:
                return await self._fetch(uid)
            await over.wait()
        return self._users[uid]

    async def _fetch(self, uid):
        over = self._fetching[uid] = asyncio.Event()
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        except asyncio.CancelledError:
            self._fetching.clear()
            raise
        finally:
            self._fetching.pop(uid, None)
            over.set()
