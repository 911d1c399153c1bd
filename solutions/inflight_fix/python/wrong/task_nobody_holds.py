# Wrong: nobody holds the task of the fetch, and the loop holds tasks only weakly: it can be lost. Caught by: answered

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
            self._fetching[uid] = asyncio.get_running_loop().create_future()
            asyncio.create_task(self._fetch(uid))
        return await asyncio.shield(self._fetching[uid])

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            self._fetching.pop(uid).set_result(self._users[uid])
        except BaseException as error:
            self._fetching.pop(uid).set_exception(error)
