# Wrong: a place that comes free is handed to the first in line, and is lost if that caller is cancelled. Caught by: dropped_waiting

import asyncio
import concurrent.futures
import collections

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(2 * max_parallel)
        self._room = max_parallel
        self._line = collections.deque()

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        loop = asyncio.get_running_loop()
        if self._room:
            self._room -= 1
        else:
            turn = loop.create_future()
            self._line.append(turn)
            await turn
        hashed = loop.run_in_executor(self._pool, hash_password, password)
        hashed = asyncio.ensure_future(self._free(hashed))
        return await asyncio.shield(hashed)

    async def _free(self, hashed):
        try:
            return await hashed
        finally:
            while self._line and self._line[0].done():
                self._line.popleft()
            if self._line:
                self._line.popleft().set_result(None)
            else:
                self._room += 1
