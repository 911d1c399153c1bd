# Wrong: a place counts as free until the one called for it runs. Caught by: bounded

import asyncio
import collections
import concurrent.futures

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(2 * max_parallel)
        self._free = max_parallel
        self._line = collections.deque()

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        if self._free <= 0:
            turn = loop.create_future()
            self._line.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._call_next()
                raise
        self._free -= 1
        hashed = loop.run_in_executor(self._pool, hash_password, password)
        hashed.add_done_callback(self._give_back)
        return await asyncio.shield(hashed)

    def _give_back(self, _):
        self._free += 1
        self._call_next()

    def _call_next(self):
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
