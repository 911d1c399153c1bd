"""Right: the fetch runs in a task group, and each caller takes the error out of its group."""

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
        try:
            return await asyncio.shield(self._fetching[uid])
        except BaseExceptionGroup as group:
            raise group.exceptions[0]

    async def _fetch(self, uid):
        async with asyncio.TaskGroup() as group:
            fetch = group.create_task(self._db.fetch_user(uid))
        self._users[uid] = fetch.result()
        return fetch.result()
