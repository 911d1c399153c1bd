"""Right: threads of our own take jobs from a queue, and hand results to the loop."""

import asyncio
import queue
import threading

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._jobs = queue.SimpleQueue()
        self._max_parallel = max_parallel
        for _ in range(max_parallel):
            threading.Thread(target=work, args=(self._jobs,), daemon=True).start()

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        self._jobs.put((password, loop, answer))
        return await answer

    def __del__(self):
        for _ in range(self._max_parallel):
            self._jobs.put(None)


def work(jobs):
    """What each thread does until there are no jobs any more."""
    while (job := jobs.get()) is not None:
        password, loop, answer = job
        try:
            text, error = hash_password(password), None
        except Exception as raised:
            text, error = None, raised
        loop.call_soon_threadsafe(tell, answer, text, error)


def tell(answer, text, error):
    """Runs on the loop; the caller may be gone."""
    if answer.done():
        return
    if error is None:
        answer.set_result(text)
    else:
        answer.set_exception(error)
