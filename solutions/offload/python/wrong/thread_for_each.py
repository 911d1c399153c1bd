# Wrong: a thread for every hash, however many hash already. Caught by: bounded

import asyncio
import threading

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._max_parallel = max_parallel

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        thread = threading.Thread(target=work, args=(password, loop, answer), daemon=True)
        thread.start()
        return await answer


def work(password, loop, answer):
    """What the thread does."""
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
