# Wrong: `except Exception` does not see that the leader is cancelled: the others wait for ever. Caught by: leader_dropped

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
        if uid in self._fetching:
            return await asyncio.shield(self._fetching[uid])
        future = self._fetching[uid] = asyncio.get_running_loop().create_future()
        try:
            self._users[uid] = await self._db.fetch_user(uid)
            future.set_result(self._users[uid])
            return self._users[uid]
        except Exception as error:
            future.set_exception(error)
            future.exception()
            raise
        finally:
            del self._fetching[uid]
