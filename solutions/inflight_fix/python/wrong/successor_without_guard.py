# Wrong: the follower who takes over from a cancelled leader leaves nobody to take over from it. Caught by: leader_dropped

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        waiting = self._fetching.get(uid)
        if waiting is None:
            self._fetching[uid] = []
            try:
                return await self._fetch(uid)
            except asyncio.CancelledError:
                self._hand_over(uid)
                raise
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        if await turn:
            return await self._fetch(uid)
        return self._users[uid]

    async def _fetch(self, uid):
        try:
            self._users[uid] = await self._db.fetch_user(uid)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            for turn in self._fetching.pop(uid):
                if not turn.done():
                    turn.set_exception(error)
            raise
        for turn in self._fetching.pop(uid):
            if not turn.done():
                turn.set_result(False)
        return self._users[uid]

    def _hand_over(self, uid):
        waiting = self._fetching[uid]
        while waiting:
            turn = waiting.pop(0)
            if not turn.done():
                turn.set_result(True)
                return
        del self._fetching[uid]
