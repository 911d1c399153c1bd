"""The clock that a submission sees: the open run's own, which moves when the grader says so.

The functions of `time` are replaced before any line of a submission runs. A sleep would keep
the loop, and nobody waits for it: it raises, with its place.
"""

import _thread
import sys
import time

# Where the clocks stand when a run begins, in seconds.
EPOCH, BEGAN = 1_700_000_000, 1_000

# The age of the run whose code is running, in microseconds.
age = 0


class BlocksTheLoop(BaseException):
    """Raised where a submission would keep the loop's thread; `except Exception` lets it pass."""


def set_age(micros):
    global age
    age = micros


def monotonic():
    return BEGAN + age / 1e6


def _seconds(since):
    return lambda: since + age / 1e6


def _nanos(since):
    return lambda: since * 1_000_000_000 + age * 1_000


_really_sleep = time.sleep

# The loop's thread, if others have a part in the drill: they may sleep.
_loop_thread = None


def sleeps_elsewhere(loop_thread):
    """From now on any thread but this one may sleep."""
    global _loop_thread
    _loop_thread = loop_thread


def _sleep(seconds):
    if seconds <= 0:
        return
    if _loop_thread is not None and _thread.get_ident() != _loop_thread:
        return _really_sleep(seconds)
    place = sys._getframe(1)
    where = f"{place.f_code.co_filename}:{place.f_lineno}"
    raise BlocksTheLoop(
        f"`time.sleep` keeps the loop, so nothing else runs meanwhile ({where}); "
        "`await asyncio.sleep` lets the others run"
    )


def install():
    for name, since in [("time", EPOCH), ("monotonic", BEGAN), ("perf_counter", BEGAN)]:
        setattr(time, name, _seconds(since))
        setattr(time, name + "_ns", _nanos(since))
    time.sleep = _sleep
