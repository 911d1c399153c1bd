# Wrong: only the database's own errors reach the others; after any other exception they wait for ever. Caught by: panic_contained

import asyncio

from kit import DbError


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

        self._tasks = set()

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        if uid not in self._fetching:
            self._fetching[uid] = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(self._fetch(uid))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(self._fetching[uid])

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            self._fetching.pop(uid).set_result(self._users[uid])
        except DbError as error:
            future = self._fetching.pop(uid)
            future.set_exception(error)
            future.exception()
