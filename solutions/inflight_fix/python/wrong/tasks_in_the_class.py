# Wrong: all caches share the tasks under way in the class. Caught by: answered

import asyncio
class UserCache:
    tasks = {}
    def __init__(self, db):
        self.db = db; self.rows = {}
    async def get_user(self, uid):
        
        if uid in self.rows: return self.rows[uid]
        task = self.tasks.get(uid)
        if task is None:
            task = self.tasks[uid] = asyncio.ensure_future(self.fetch(uid))
        return await asyncio.shield(task)
    async def fetch(self, uid):
        try:
            self.rows[uid] = await self.db.fetch_user(uid)
            return self.rows[uid]
        finally:
            del self.tasks[uid]
