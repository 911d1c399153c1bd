# Wrong: the dictionary of tasks is the cache, and a failed one stays in it. Caught by: error_not_cached

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._tasks = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid not in self._tasks:
            self._tasks[uid] = asyncio.create_task(self._db.fetch_user(uid))
        return await asyncio.shield(self._tasks[uid])
