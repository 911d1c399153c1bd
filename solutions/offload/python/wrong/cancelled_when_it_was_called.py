# Wrong: a caller called and then cancelled still counts as coming. Caught by: dropped_waiting

import asyncio
import collections
import concurrent.futures

from kit import hash_password


class Places:
    """A semaphore by hand."""

    def __init__(self, count):
        self._free = count
        self._line = collections.deque()
        self._one_is_coming = False

    async def acquire(self):
        while self._one_is_coming or self._free == 0:
            turn = asyncio.get_running_loop().create_future()
            self._line.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self._call_the_next()
                raise
            self._one_is_coming = False
        self._free -= 1

    def release(self):
        self._free += 1
        self._call_the_next()

    def _call_the_next(self):
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                self._one_is_coming = True
                return


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_parallel)
        self._places = Places(max_parallel)

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        hashing = loop.run_in_executor(self._pool, hash_password, password)
        hashing.add_done_callback(self._is_over)
        return await asyncio.shield(hashing)

    def _is_over(self, hashing):
        # Looked at, so that the loop does not report it.
        hashing.exception()
        self._places.release()
