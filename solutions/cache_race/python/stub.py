"""Drill `cache_race`: build the cache everybody builds first, and count what its race costs.

Nothing here is to be fixed yet; `inflight_fix` does that.
"""


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        # What do you need to remember between two calls of `get_user`?
        raise NotImplementedError("keep the database and an empty dictionary")

    async def get_user(self, uid):
        """The user with this id.

        - A cached user is answered from the cache: no fetch.
        - Any other user is fetched (`await db.fetch_user(uid)`), and a row that arrives is
          cached.
        - An error is handed to the caller and never cached.
        """
        raise NotImplementedError(f"look {uid} up; if absent, fetch it and remember the row")


async def stampede(db, uid, requests):
    """Sends `requests` requests for one user through a new cache, all at once, and returns
    what really happened: how many fetches began, and how many seconds passed until the last
    request had its answer. Measure it, do not work it out.

    `db.fetches` counts the fetches that have begun through `db`.
    """
    raise NotImplementedError(f"start all {requests} requests together and wait for every one of them")
