"""Right: the fetch is the leader's own; when it fails, one of the others leads."""

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

    async def get_user(self, uid):
        """The user with this id."""
        while uid not in self._users:
            over = self._fetching.get(uid)
            if over is not None:
                await over.wait()
                continue
            over = self._fetching[uid] = asyncio.Event()
            try:
                self._users[uid] = await self._db.fetch_user(uid)
            finally:
                # Whatever happened: the others look again, and the first of them leads.
                del self._fetching[uid]
                over.set()
        return self._users[uid]
