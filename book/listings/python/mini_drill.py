"""The mini drill: a hundred requests for one user, and how often the database is asked."""

# ANCHOR: listing
import asyncio


class Database:
    def __init__(self):
        self.fetches = 0

    async def fetch_user(self, key):
        self.fetches += 1
        await asyncio.sleep(0.2)
        return f"row {key}"


class UserCache:
    def __init__(self, database):
        self.database = database
        self.rows = {}

    async def get_user(self, key):
        if key not in self.rows:
            self.rows[key] = await self.database.fetch_user(key)
        return self.rows[key]


async def main():
    database = Database()
    cache = UserCache(database)
    rows = await asyncio.gather(*(cache.get_user(42) for _ in range(100)))
    print("requests answered:", len(rows))
    print("fetches:", database.fetches)


asyncio.run(main())
# ANCHOR_END: listing
