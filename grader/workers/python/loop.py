"""An event loop whose clock and order the grader drives.

Ready handles run in the order they became ready, as in asyncio's own loop; nothing runs but
in `settle`, which stops after any single handle. There are no sockets and no threads. Tasks
and futures have hashes that are the same in every run, so that sets of them keep their order.
"""

import asyncio
import collections
import heapq
import itertools
import weakref

import clock

# A timer that is due within half a microsecond is due: the clock counts whole ones.
DUE = 5e-7

# With no more timers than these, cancelled ones stay until they are due.
MANY_TIMERS = 100

# So many tasks are looked through for those that are gone.
LOOKS_AT = 64


class Task(asyncio.Task):
    """A task that knows its place among the run's, and the caller it is, if it is one's."""

    caller = None
    # Whether its exception was told as one that nobody has asked about.
    is_told = False

    def __hash__(self):
        return self.place

    def __eq__(self, other):
        return self is other


class Future(asyncio.Future):
    """A future that knows its place among the run's, so that sets of them keep their order."""

    def __hash__(self):
        return self.place

    def __eq__(self, other):
        return self is other


class OpenTasks(weakref.WeakSet):
    """Takes the place of asyncio's set of all tasks. Tasks of many runs have one hash, and a
    set of them is slow: so each loop keeps its own."""

    def add(self, task):
        pass

    def discard(self, task):
        pass

    def __iter__(self):
        loop = asyncio._get_running_loop()
        return iter(loop.tasks() if isinstance(loop, Loop) else ())

    def __len__(self):
        return sum(1 for _ in self)


def install():
    """Tells asyncio of it, by the names that its versions have for the set."""
    for name in ("_all_tasks", "_scheduled_tasks"):
        tasks = getattr(asyncio.tasks, name, None)
        if type(tasks) is weakref.WeakSet:
            tasks.__class__ = OpenTasks


class Loop(asyncio.AbstractEventLoop):
    """See the module."""

    def __init__(self, broke, unheard):
        self._broke, self._unheard = broke, unheard
        self._ready = collections.deque()
        self._timers = []
        self._cancelled_timers = 0
        self._tasks = []
        self._crowd = LOOKS_AT
        self._places = itertools.count(1)
        self._factory = None
        self._handler = None
        self._closed = False

    # What the grader drives.

    def settle(self, limit):
        """Runs ready handles until none is left or `limit` ran: how many, how many of
        callers, and whether none is left."""
        ready, spent, of_calls = self._ready, 0, 0
        next_ready = ready.popleft
        # Of this turn of the loop. As in asyncio's, a timer that is due already comes after them.
        left = 0
        while True:
            if left == 0:
                if self._timers:
                    self.wake_timers()
                left = len(ready)
                if left == 0:
                    return spent, of_calls, True
            left -= 1
            handle = next_ready()
            if handle._cancelled:
                continue
            if spent >= limit:
                ready.appendleft(handle)
                return spent, of_calls, False
            spent += 1
            task = getattr(handle._callback, "__self__", None)
            if type(task) is Task and task.caller is not None:
                of_calls += 1
            try:
                handle._run()
            except BaseException as error:
                self._broke(error)

    def wake_timers(self):
        """Makes ready what is due by the clock."""
        now = self.time() + DUE
        while self._timers and self._timers[0][0] <= now:
            handle = heapq.heappop(self._timers)[2]
            handle._scheduled = False
            if handle._cancelled:
                self._cancelled_timers -= 1
            else:
                self._ready.append(handle)

    def tasks(self):
        """Those that are still there, the first ones first."""
        self.forget_lost()
        tasks = [task for task in (held() for held in self._tasks) if task is not None]
        return [task for task in tasks if not task.done()]

    def forget_lost(self):
        """Leaves those that are still there, so that the list is no longer than twice that."""
        self._tasks = [held for held in self._tasks if held() is not None]
        self._crowd = max(LOOKS_AT, 2 * len(self._tasks))

    def tell_unheard(self):
        """Tells of tasks that have ended with an exception, which nobody has asked about."""
        for held in self._tasks:
            task = held()
            if task is not None and getattr(task, "_log_traceback", False) and not task.is_told:
                task.is_told = True
                self._unheard(task._exception)

    def close(self):
        self._closed = True
        self._tasks.clear()
        self._ready.clear()
        self._timers.clear()

    # What a submission may ask of a loop.

    def time(self):
        return clock.monotonic()

    def call_soon(self, callback, *args, context=None):
        if self._closed:
            raise RuntimeError("Event loop is closed")
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        if self._closed:
            raise RuntimeError("Event loop is closed")
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._places), timer))
        timer._scheduled = True
        return timer

    def _timer_handle_cancelled(self, handle):
        """It is passed over when it is due. Many of them are forgotten sooner, as asyncio's own
        loop does it: when there are more than a hundred timers and half are cancelled."""
        if not handle._scheduled:
            return
        self._cancelled_timers += 1
        if len(self._timers) <= MANY_TIMERS or 2 * self._cancelled_timers <= len(self._timers):
            return
        kept = [timer for timer in self._timers if not timer[2]._cancelled]
        heapq.heapify(kept)
        self._timers, self._cancelled_timers = kept, 0

    def create_future(self):
        future = Future.__new__(Future)
        future.place = next(self._places)
        future.__init__(loop=self)
        return future

    def create_task(self, coro, *, name=None, context=None, **more):
        if self._factory is not None:
            made = self._factory(self, coro, **({} if context is None else {"context": context}), **more)
            if name is not None and hasattr(made, "set_name"):
                made.set_name(name)
            return made
        task = Task.__new__(Task)
        task.place = next(self._places)
        if context is not None:
            more["context"] = context
        task.__init__(coro, loop=self, name=name, **more)
        self._tasks.append(weakref.ref(task))
        if len(self._tasks) > self._crowd:
            self.forget_lost()
        return task

    def set_task_factory(self, factory):
        self._factory = factory

    def get_task_factory(self):
        return self._factory

    def set_exception_handler(self, handler):
        self._handler = handler

    def get_exception_handler(self):
        return self._handler

    def default_exception_handler(self, context):
        # What asyncio only logs is told, and no more; a callback that raised has failed, unless
        # it would have told somebody who was cancelled.
        error, handle = context.get("exception"), context.get("handle")
        if error is None or self._closed:
            return
        if handle is None:
            if not getattr(context.get("future"), "is_told", True):
                self._unheard(error)
            return
        told = getattr(handle._callback, "__self__", None)
        if isinstance(error, asyncio.InvalidStateError) and isinstance(told, asyncio.Future):
            if told.cancelled():
                return
        self._broke(error)

    def call_exception_handler(self, context):
        if self._handler is None:
            self.default_exception_handler(context)
            return
        try:
            self._handler(self, context)
        except BaseException as error:
            self._broke(error)

    def get_debug(self):
        return False

    def set_debug(self, enabled):
        pass

    def is_running(self):
        return not self._closed

    def is_closed(self):
        return self._closed

    def run_until_complete(self, future):
        if asyncio.iscoroutine(future):
            future.close()
        raise RuntimeError("This event loop is already running")

    def run_forever(self):
        raise RuntimeError("This event loop is already running")

    def stop(self):
        raise RuntimeError("the loop is not the submission's to stop")

    def run_in_executor(self, executor, func, *args):
        raise RuntimeError("threads have no part in this drill")

    async def shutdown_asyncgens(self):
        pass

    async def shutdown_default_executor(self, timeout=None):
        pass
