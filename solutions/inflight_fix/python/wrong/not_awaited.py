# Wrong: the fetch is never awaited, so its coroutine is cached. Caught by: answered
class UserCache:
    def __init__(self, db):
        self.db, self.users = db, {}
    async def get_user(self, uid):
        if uid not in self.users:
            self.users[uid] = self.db.fetch_user(uid)
        return self.users[uid]
