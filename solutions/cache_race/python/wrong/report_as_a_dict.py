# Wrong: the report is a dictionary. Caught by: stampede_fetches
import asyncio, time
class UserCache:
    def __init__(self, db):
        self._db, self._users = db, {}
    async def get_user(self, uid):
        if uid not in self._users:
            self._users[uid] = await self._db.fetch_user(uid)
        return self._users[uid]
async def stampede(db, uid, requests):
    cache, b, t = UserCache(db), db.fetches, time.monotonic()
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return {"fetches": db.fetches - b, "elapsed": time.monotonic() - t}
