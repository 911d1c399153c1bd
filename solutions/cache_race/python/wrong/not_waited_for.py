# Wrong: the tasks are started, and nobody waits for them. Caught by: stampede_elapsed

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid not in self._users:
            self._users[uid] = await self._db.fetch_user(uid)
        return self._users[uid]


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    loop = asyncio.get_running_loop()
    before, start, cache = db.fetches, loop.time(), UserCache(db)
    tasks = [loop.create_task(cache.get_user(uid)) for _ in range(requests)]
    await asyncio.sleep(0)
    return db.fetches - before, loop.time() - start
