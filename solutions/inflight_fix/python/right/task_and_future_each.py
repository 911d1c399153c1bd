"""Right: a task of its own answers a future for each caller."""

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._users = {}
        self._fetching = {}

        self._tasks = set()

    async def get_user(self, uid):
        """The user with this id."""
        if uid in self._users:
            return self._users[uid]
        if uid not in self._fetching:
            self._fetching[uid] = []
            task = asyncio.create_task(self._fetch(uid))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        answer = asyncio.get_running_loop().create_future()
        self._fetching[uid].append(answer)
        return await answer

    async def _fetch(self, uid):
        try:
            user = self._users[uid] = await self._db.fetch_user(uid)
        except BaseException as error:
            for answer in self._fetching.pop(uid):
                if not answer.done():
                    answer.set_exception(error)
        else:
            for answer in self._fetching.pop(uid):
                if not answer.done():
                    answer.set_result(user)
