# Wrong: a caller that waits wakes every second to look at the fetch. Caught by: no_polling

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
            task = self._fetching[uid] = asyncio.create_task(self._fetch(uid))
            task.add_done_callback(lambda _: self._fetching.pop(uid))
        task = self._fetching[uid]
        while not task.done():
            await asyncio.wait([task], timeout=1)
        return task.result()

    async def _fetch(self, uid):
        self._users[uid] = user = await self._db.fetch_user(uid)
        return user
