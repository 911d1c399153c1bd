"""What the well-known fix forgets: four ways a fetch can go, three caches.

Prints a Markdown table. "Waits for ever" is a fact, not a timeout: the fetch is
over, the loop has run everything that can run, and the caller is still waiting.
"""

import asyncio
import logging


# ANCHOR: well_known
class WellKnown:
    def __init__(self, fetch):
        self.fetch = fetch
        self.rows = {}
        self.promises = {}

    async def get_user(self, key):
        if key in self.rows:
            return self.rows[key]
        if key in self.promises:
            return await self.follow(self.promises[key])
        promise = asyncio.get_running_loop().create_future()
        self.promises[key] = promise
        try:
            row = await self.fetch(key)
            self.rows[key] = row
            promise.set_result(row)
            return row
        finally:
            del self.promises[key]

    async def follow(self, promise):
        return await promise
# ANCHOR_END: well_known


# ANCHOR: shielded
class Shielded(WellKnown):
    async def follow(self, promise):
        return await asyncio.shield(promise)
# ANCHOR_END: shielded


# ANCHOR: own_task
class OwnTask:
    def __init__(self, fetch):
        self.fetch = fetch
        self.rows = {}
        self.under_way = {}

    async def get_user(self, key):
        if key in self.rows:
            return self.rows[key]
        if key not in self.under_way:
            task = asyncio.create_task(self.fetch_and_keep(key))
            task.add_done_callback(lambda task: self.over(key, task))
            self.under_way[key] = task
        return await asyncio.shield(self.under_way[key])

    async def fetch_and_keep(self, key):
        self.rows[key] = await self.fetch(key)
        return self.rows[key]

    def over(self, key, task):
        del self.under_way[key]
        if not task.cancelled():
            task.exception()
# ANCHOR_END: own_task


class DatabaseDown(Exception):
    """What a fetch raises that fails."""


async def settle():
    """Lets the loop run until everything that can run has run."""
    for _ in range(100):
        await asyncio.sleep(0)


def fate(task):
    if not task.done():
        return "waits for ever"
    if task.cancelled():
        return "`CancelledError`"
    error = task.exception()
    return f"`{type(error).__name__}`" if error else "the row"


async def play(cache_class, event):
    """One leader, two followers, and one event. Returns what becomes of the three."""
    answer = asyncio.get_running_loop().create_future()

    async def fetch(key):
        return await answer

    cache = cache_class(fetch)
    leader, first, second = (asyncio.create_task(cache.get_user(42)) for _ in range(3))
    await settle()
    if event == "the leader is cancelled":
        leader.cancel()
    if event == "one follower is cancelled":
        first.cancel()
    await settle()
    if event == "the fetch raises":
        answer.set_exception(DatabaseDown())
    elif not answer.done():
        answer.set_result("row 42")
    await settle()
    return [fate(task) for task in (leader, first, second)]


EVENTS = [
    "nothing goes wrong",
    "the fetch raises",
    "the leader is cancelled",
    "one follower is cancelled",
]
CACHES = {
    "well-known": WellKnown,
    "shielded": Shielded,
    "own task": OwnTask,
}


def main():
    # asyncio reports errors that nobody collected; here they are the point.
    logging.disable()
    print("| what happens | cache | leader | first follower | second follower |")
    print("|---|---|---|---|---|")
    for event in EVENTS:
        for name, cache_class in CACHES.items():
            fates = asyncio.run(play(cache_class, event))
            print("|", " | ".join([event, name, *fates]), "|")


main()
