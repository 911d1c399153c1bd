# Wrong: keeps `None` for a user whose fetch failed. Caught by: error_not_cached
"""Drill `inflight_fix`: the same cache, but one fetch however many ask."""

import asyncio


class UserCache:
    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

    async def get_user(self, uid):
        if uid in self._users:
            return self._users[uid]
        task = self._fetching.get(uid)
        if task is None:
            task = self._fetching[uid] = asyncio.create_task(self._fetch(uid))
        return await asyncio.shield(task)

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            return self._users[uid]
        except Exception:
            self._users[uid] = None
            raise
        finally:
            del self._fetching[uid]
