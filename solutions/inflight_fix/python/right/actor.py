"""Right: one task owns the cache; callers send it their questions."""

import asyncio


class UserCache:
    """A cache in front of the database."""

    def __init__(self, db):
        self._db = db
        self._questions = asyncio.Queue()
        self._users, self._asking, self._fetches = {}, {}, set()
        self._actor = asyncio.get_running_loop().create_task(self._serve())

    async def get_user(self, uid):
        """The user with this id."""
        answer = asyncio.get_running_loop().create_future()
        self._questions.put_nowait((uid, answer))
        return await answer

    async def _serve(self):
        while True:
            uid, answer = await self._questions.get()
            if uid in self._users:
                if not answer.done():
                    answer.set_result(self._users[uid])
                continue
            if uid in self._asking:
                self._asking[uid].append(answer)
                continue
            self._asking[uid] = [answer]
            task = asyncio.create_task(self._db.fetch_user(uid))
            self._fetches.add(task)
            task.add_done_callback(lambda task, uid=uid: self._answer(uid, task))

    def _answer(self, uid, task):
        self._fetches.discard(task)
        error = task.exception()
        if error is None:
            self._users[uid] = task.result()
        for answer in self._asking.pop(uid):
            if answer.done():
                continue
            if error is None:
                answer.set_result(task.result())
            else:
                answer.set_exception(error)
