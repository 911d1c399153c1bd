"""Right: a thread for each hash, and the place goes back when the thread is done."""

import asyncio
import threading

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._places = asyncio.Semaphore(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        answer = loop.create_future()

        def done(text, error):
            self._places.release()
            if answer.done():
                return
            if error is None:
                answer.set_result(text)
            else:
                answer.set_exception(error)

        def work():
            try:
                text, error = hash_password(password), None
            except Exception as raised:
                text, error = None, raised
            loop.call_soon_threadsafe(done, text, error)

        threading.Thread(target=work, daemon=True).start()
        return await answer
