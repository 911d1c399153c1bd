# Wrong: a fetch that fails clears all that are under way, other users' too. Caught by: error_no_herd

import asyncio


class UserCache:
    """A cache in front of the database that never fetches a user twice at once."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        # The fetches under way. The dictionary is what keeps their tasks alive.
        self._fetching = {}

    async def get_user(self, uid):
        """The user with this id: from the cache, from the fetch under way, or from a new one."""
        if uid in self._users:
            return self._users[uid]
        task = self._fetching.get(uid)
        if task is None:
            # A task of its own: whoever began the fetch may be cancelled, and it goes on.
            task = self._fetching[uid] = asyncio.create_task(self._fetch(uid))
        # To cancel one caller must not cancel what all of them wait for.
        return await asyncio.shield(task)

    async def _fetch(self, uid):
        # Cached in the task, so that nobody can ask between the row and the cache.
        try:
            self._users[uid] = await self._db.fetch_user(uid)
        except Exception:
            self._fetching.clear()
            raise
        finally:
            self._fetching.pop(uid, None)
        return self._users[uid]
