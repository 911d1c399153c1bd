# Wrong: this is the next drill's answer: one fetch for all. Caught by: race

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
            self._tasks[uid].add_done_callback(lambda task: task.exception() and self._tasks.pop(uid))
        return await asyncio.shield(self._tasks[uid])


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
