"""The submission: compiled once, run anew for each run, so that its globals are that run's.

What cannot be loaded is `Refused`, with a text for its author: a syntax error, a module that
may not be imported, a class that is missing.
"""

import linecache
import sys
import traceback

# What a submission may import, with all that these import themselves.
ALLOWED = (
    "abc asyncio bisect builtins collections collections.abc concurrent.futures contextlib "
    "contextvars copy "
    "dataclasses datetime decimal enum fractions functools gc heapq inspect itertools json "
    "kit logging math numbers operator queue random re string sys textwrap "
    "threading time traceback types typing unittest warnings weakref __future__"
).split()


WHAT_RUNS_ALONE = (
    'The grader imports the file, on its own loop: put what runs alone below `if __name__ == "__main__":`.\n'
)


def tests_apart():
    """A `unittest` for files that hold their own tests, which nobody runs here."""
    module = type(sys)("unittest", "Tests are not run here.")

    class TestCase:
        """Is never made."""

    def keep(*_, **__):
        return lambda tested: tested

    module.TestCase = TestCase
    module.IsolatedAsyncioTestCase = type("IsolatedAsyncioTestCase", (TestCase,), {})
    module.skipIf = module.skipUnless = module.skip = keep
    module.expectedFailure = lambda tested: tested
    module.main = lambda *_, **__: None
    return module


class Refused(Exception):
    """The submission cannot be loaded."""


class Finder:
    """Stands last among the finders: what no one before it has found cannot be had."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        names = ", ".join(f"`{one}`" for one in ALLOWED)
        raise ModuleNotFoundError(
            f"`{name}` cannot be imported here; a submission may import {names}", name=name
        )


# What a suspended coroutine, generator or asynchronous generator calls its frame, and what it
# awaits.
NAMES = (("cr_frame", "cr_await"), ("gi_frame", "gi_yieldfrom"), ("ag_frame", "ag_await"))


# More awaits in one another than any timeline needs.
DEEPEST = 1_000


def within(suspended):
    """Its frame, and what it awaits in turn; nothing, if it is none of these."""
    for frame, awaits in NAMES:
        if hasattr(type(suspended), frame):
            return getattr(suspended, frame), getattr(suspended, awaits)
    return None, None


class Submission:
    """One file, and what the drill asks of it."""

    def __init__(self, slug, file, text, contract):
        # As Python does with a file that Windows has saved.
        text = text.removeprefix("\ufeff")
        self.slug, self.file, self._text = slug, file, text
        self._code = None
        self.contract = type(sys)("contract")
        exec(compile(contract, "contract.py", "exec"), self.contract.__dict__)
        # Whether other threads than the loop's have a part.
        self.has_threads = getattr(self.contract, "HAS_THREADS", False)
        lines = text.splitlines(keepends=True)
        linecache.cache[file] = (len(text), None, lines, file)

    def load(self):
        """Its module, run anew."""
        module = type(sys)(self.slug)
        module.__file__ = self.file
        sys.modules[self.slug] = module
        try:
            if self._code is None:
                self._code = compile(self._text, self.file, "exec", dont_inherit=True)
            exec(self._code, module.__dict__)
        except BaseException as error:
            raise Refused(self._why(error)) from None
        self._offers(module)
        return module

    def place_of(self, suspended):
        """The line of the file at which a coroutine is suspended, the innermost one of those
        that await each other."""
        line = None
        for _ in range(DEEPEST):
            frame, suspended = within(suspended)
            if frame is not None and frame.f_code.co_filename == self.file:
                line = frame.f_lineno
            if suspended is None:
                break
        return line and self._at(line)

    def runs_at(self):
        """The line of the file that runs, the innermost one of those that call each other."""
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        return frame and self._at(frame.f_lineno)

    def _at(self, line):
        return f"{self.file}:{line}: `{linecache.getline(self.file, line).strip()}`"

    def _why(self, error):
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == self.file]
        said = traceback.format_exception_only(type(error), error)
        if isinstance(error, RuntimeError) and "running event loop" in str(error):
            said.append(WHAT_RUNS_ALONE)
        head = ["Traceback (most recent call last):\n"] if own else []
        return "".join(head + traceback.format_list(own) + said).replace("clock.BlocksTheLoop: ", "")

    def _offers(self, module):
        for name, methods in self.contract.OFFERS.items():
            if getattr(module, name, None) is None:
                what = "class" if methods else "function"
                raise Refused(f"`{self.file}` has no {what} `{name}`, which the drill calls")

    def lacks(self, made):
        """Why an instance cannot be called, if so; where none could be made, its class is
        looked at. A method may well be made in `__init__`."""
        for name, methods in self.contract.OFFERS.items():
            for method in methods:
                if not hasattr(made, method):
                    return f"class `{name}` of `{self.file}` has no method `{method}`, which the drill calls"
        return None
