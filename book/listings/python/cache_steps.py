"""The cache race, step by step: two requests for one user."""

import asyncio


# ANCHOR: listing
class UserCache:
    def __init__(self):
        self.users = {}

    async def get_user(self, user_id, me):
        if user_id in self.users:
            print(me, "finds the row")
            return self.users[user_id]
        print(me, "finds nothing and begins a fetch")
        user = await fetch(user_id)
        print(me, "has a row and writes it into the cache")
        self.users[user_id] = user
        return user
# ANCHOR_END: listing


async def fetch(user_id):
    await asyncio.sleep(0.2)
    return f"row {user_id}"


async def main():
    cache = UserCache()
    await asyncio.gather(
        cache.get_user(42, "request 1"), cache.get_user(42, "request 2")
    )
    await cache.get_user(42, "request 3")


asyncio.run(main())
