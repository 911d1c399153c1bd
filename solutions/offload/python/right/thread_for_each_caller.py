"""Right: a thread for each caller, of which all but `max_parallel` wait for a place; wasteful, and not wrong."""

import asyncio
import threading

from kit import hash_password


class PasswordService:
    def __init__(self, max_parallel):
        self._places = threading.BoundedSemaphore(max_parallel)

    async def hash(self, password):
        loop = asyncio.get_running_loop()
        hashed = loop.create_future()

        def settle(result, error):
            if hashed.done():
                return
            if error is None:
                hashed.set_result(result)
            else:
                hashed.set_exception(error)

        def run():
            result = error = None
            with self._places:
                try:
                    result = hash_password(password)
                except Exception as raised:
                    error = raised
            try:
                loop.call_soon_threadsafe(settle, result, error)
            except RuntimeError:
                pass  # The loop has ended meanwhile.

        threading.Thread(target=run, daemon=True).start()
        return await hashed
