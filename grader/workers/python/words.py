"""Values as the protocol has them, and what a submission's exceptions are told as."""

import inspect
import traceback

# A number of this size or beyond is not exact in every language's JSON.
LARGEST_EXACT = 1 << 53
IDS = 1 << 64

# What is shown of an exception's message.
LONGEST_MESSAGE = 1_000


def read(value):
    """A value of the protocol, in Python's words."""
    if type(value) is list:
        return [read(one) for one in value]
    if type(value) is dict:
        return int(value["big"])
    return value


def write(value):
    """What a submission gave, as a value of the protocol; what is none is nothing."""
    if isinstance(value, int):
        value = int(value)
        if abs(value) < LARGEST_EXACT:
            return value
        return {"big": str(value)} if -(1 << 63) <= value < 1 << 63 else None
    if isinstance(value, str):
        # Half a character is none.
        return str(value).encode("utf-8", "replace").decode()
    if isinstance(value, (list, tuple)):
        return [write(one) for one in value]
    return None


def kind(value):
    """What a value is, in a few words, for who wanted another."""
    if value is None or isinstance(value, bool):
        return f"`{value}`"
    if inspect.iscoroutine(value):
        return "a coroutine: is an `await` missing?"
    if inspect.isawaitable(value):
        return f"an awaitable `{type(value).__name__}`: is an `await` missing?"
    if isinstance(value, str):
        return f"the text {repr(value[:40])}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, BaseException):
        return f"the exception `{type(value).__name__}`, which was not raised"
    name = type(value).__name__
    return f"an `{name}`" if name[:1].lower() in "aeiou" else f"a `{name}`"


def odd(value, wanted):
    """What a call returned in place of what was wanted."""
    try:
        what = kind(value)
        if inspect.iscoroutine(value):
            value.close()
    except Exception:
        what = "a value of another type"
    return [write(what if "?" in what else f"{what}, not {wanted}")]


def must_be_id(value, method):
    """Raises unless it is a number, with what was given instead."""
    if isinstance(value, int) and not isinstance(value, bool):
        return
    raise TypeError(f"`{method}` takes an `int`, and was given {kind(value)}")


def to_id(number):
    """An id: 64 bits, which the protocol has signed and Python has not."""
    return number % IDS


def from_id(value):
    """The same back. What is no id of 64 bits is nothing."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < IDS:
        return None
    return write(value - IDS if value >= IDS // 2 else value)


def place_of(error, file):
    """Where in `file` an exception came from: the last line of that file on its way."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{file}:{lines[-1].lineno}" if lines else None


def told(error, file):
    """An exception in one line."""
    try:
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
        place = place_of(error, file)
    except Exception:
        text, place = type(error).__name__, None
    text = text.removeprefix("clock.BlocksTheLoop: ")[:LONGEST_MESSAGE]
    if place is not None and place not in text:
        text += f" ({place})"
    return write(text)
