"""Right: the method is made in `__init__`, by a function that lets calls join."""
import asyncio
def single_flight(load):
    out = {}
    async def joined(key):
        task = out.get(key)
        if task is None:
            task = out[key] = asyncio.create_task(load(key))
            task.add_done_callback(lambda _: out.pop(key))
        return await asyncio.shield(task)
    return joined
class UserCache:
    def __init__(self, db):
        users = {}
        async def load(uid):
            users[uid] = await db.fetch_user(uid)
            return users[uid]
        flying = single_flight(load)
        async def get_user(uid):
            return users[uid] if uid in users else await flying(uid)
        self.get_user = get_user
