"""Drill `inflight_fix`: the same cache, but one fetch however many ask."""


class UserCache:
    """A cache in front of the database that never fetches a user twice at once."""

    def __init__(self, db):
        # The cache itself, and what else? Somebody who asks while a fetch is under way
        # must be able to find it and to wait for its answer.
        raise NotImplementedError("keep the database, the cache and what is in flight")

    async def get_user(self, uid):
        """The user with this id.

        - A cached user costs no fetch; otherwise at most one fetch per user is under way at
          any time, and everyone who asks meanwhile waits for it.
        - Requests for different users never wait for each other.
        - Every request ends: with the row its user's fetch returned, or with an error that a
          fetch really raised. Errors are never cached.
        - Any caller may be cancelled at any moment, the one that fetches too. The others are
          still served, with at most one more fetch.
        - Waiting costs nothing: the answer wakes everyone who waits for it.
        """
        raise NotImplementedError(f"answer {uid} from the cache, join the fetch in flight, or begin one")
