"""The mini drill, mended: a hundred requests for one user share one fetch."""

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
        self.under_way = {}

    async def get_user(self, key):
        if key in self.rows:
            return self.rows[key]
        if key not in self.under_way:
            fetch = asyncio.create_task(self.fetch(key))
            fetch.add_done_callback(lambda fetch: self.over(key, fetch))
            self.under_way[key] = fetch
        # Who is cancelled here stops waiting; the fetch goes on for the others.
        return await asyncio.shield(self.under_way[key])

    async def fetch(self, key):
        self.rows[key] = await self.database.fetch_user(key)
        return self.rows[key]

    def over(self, key, fetch):
        del self.under_way[key]
        if not fetch.cancelled():
            fetch.exception()  # Marked as seen, in case nobody waits for it any more.


async def main():
    database = Database()
    cache = UserCache(database)
    rows = await asyncio.gather(*(cache.get_user(42) for _ in range(100)))
    print("requests answered:", len(rows))
    print("fetches:", database.fetches)


asyncio.run(main())
# ANCHOR_END: listing
