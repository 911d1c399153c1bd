"""Values as the protocol has them, and what a submission's exceptions are told as."""

import traceback

# A number of this size or beyond is not exact in every language's JSON.
LARGEST_EXACT = 1 << 53
IDS = 1 << 64


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
    text = text.removeprefix("clock.BlocksTheLoop: ")
    if place is not None and place not in text:
        text += f" ({place})"
    return write(text)
