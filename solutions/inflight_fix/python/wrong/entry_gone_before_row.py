# Wrong: takes its entry out, awaits, and only then caches the row. Caught by: cached

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
            self._fetching[uid] = task = asyncio.create_task(self._db.fetch_user(uid))
            task.add_done_callback(lambda _: self._fetching.pop(uid))
        user = await asyncio.shield(self._fetching[uid])
        await asyncio.sleep(0)
        self._users[uid] = user
        return user
