"""The loop of a drill in which other threads have a part.

They reach it by `call_soon_threadsafe` only. What they hand over is run when the grader next
lets the loop run; any other call from another thread is refused, as asyncio does in its debug
mode.
"""

import _thread
import asyncio
import concurrent.futures.thread
import os
import threading

import clock
from loop import Loop

# Of each thread: the system's own is eight times as large.
STACK = 1 << 20

_own_thread = _thread.get_ident


_print = threading.excepthook


def install():
    """What a process needs in which submissions start threads."""
    threading.stack_size(STACK)
    threading.excepthook = _ended
    clock.sleeps_elsewhere(_own_thread())


def _ended(thread):
    """A thread has ended with an exception."""
    loop = LoopWithThreads.latest
    if loop is not None and thread.exc_value is not None and not loop.is_left_over(thread.thread):
        loop.tell_of_thread(thread.exc_value)
    _print(thread)


class LoopWithThreads(Loop):
    """See the module."""

    # That of the run that was opened last.
    latest = None

    # The threads that were there before any run.
    of_all_runs = None

    def __init__(self, broke, unheard, tell_of_thread):
        super().__init__(broke, unheard)
        self.tell_of_thread = tell_of_thread
        self._thread = _own_thread()
        self._executor = None
        if LoopWithThreads.of_all_runs is None:
            LoopWithThreads.of_all_runs = set(threading.enumerate())
        self._of_earlier_runs = set(threading.enumerate()) - LoopWithThreads.of_all_runs
        LoopWithThreads.latest = self

    def is_left_over(self, thread):
        """Whether a thread belongs to a run that is over: it may have found its loop closed."""
        return thread in self._of_earlier_runs

    def call_soon(self, callback, *args, context=None):
        self._check_thread()
        return super().call_soon(callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        self._check_thread()
        return super().call_at(when, callback, *args, context=context)

    def call_soon_threadsafe(self, callback, *args, context=None):
        # A deque takes one at a time, whoever gives it.
        return Loop.call_soon(self, callback, *args, context=context)

    def _check_thread(self):
        if _own_thread() != self._thread:
            error = RuntimeError(
                "Non-thread-safe operation invoked on an event loop other than the current one; "
                "from another thread use `call_soon_threadsafe`"
            )
            # Whoever catches it is another thread, which may tell nobody.
            self.tell_of_thread(error)
            raise error

    def run_in_executor(self, executor, func, *args):
        if executor is None:
            if self._executor is None:
                # As large as asyncio's own.
                self._executor = concurrent.futures.ThreadPoolExecutor(
                    min(32, (os.cpu_count() or 1) + 4), thread_name_prefix="asyncio"
                )
            executor = self._executor
        return asyncio.wrap_future(executor.submit(func, *args), loop=self)

    def set_default_executor(self, executor):
        self._executor = executor

    async def shutdown_default_executor(self, timeout=None):
        if self._executor is not None:
            self._executor.shutdown(wait=False)

    def close(self):
        super().close()
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)
