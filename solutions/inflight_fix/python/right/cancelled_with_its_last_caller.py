"""Right: the fetch is called off when nobody waits for it any more."""

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
        flight = self._fetching.get(uid)
        if flight is None:
            flight = self._fetching[uid] = [asyncio.create_task(self._fetch(uid)), 0]
        flight[1] += 1
        try:
            return await asyncio.shield(flight[0])
        finally:
            flight[1] -= 1
            if flight[1] == 0 and self._fetching.get(uid) is flight:
                del self._fetching[uid]
                flight[0].cancel()

    async def _fetch(self, uid):
        self._users[uid] = await self._db.fetch_user(uid)
        self._fetching.pop(uid, None)
        return self._users[uid]
