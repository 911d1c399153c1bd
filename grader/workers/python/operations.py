"""The operations of one run: each waits here until the grader answers it.

What awaits an operation is not kept alive by it: a task that nobody else holds is lost, as
asyncio's documentation says, and a collection finds that out.
"""

import asyncio
import weakref

import words


class Failed(Exception):
    """An error of the kit, by its name in the protocol."""

    def __init__(self, name, arguments):
        super().__init__(name)
        self.name, self.arguments = name, arguments


class Waiting(asyncio.Future):
    """What awaits one operation. To cancel it is to call the operation off."""

    give_up = None

    def cancel(self, msg=None):
        cancelled = super().cancel(msg)
        if cancelled and self.give_up is not None:
            self.give_up()
        return cancelled


class Operations:
    """See the module."""

    def __init__(self, loop, journal, begins_at=None):
        self._loop, self._journal = loop, journal
        # Says at which line of the submission an operation begins, if that is to be told.
        self._begins_at = begins_at
        self._begun = 0
        self._open = {}

    def answer(self, number, ending):
        """Ends an operation; one that is over, or was answered, is left alone."""
        waiting = self._open.get(number)
        waiting = waiting and waiting()
        if waiting is not None and not waiting.done():
            waiting.set_result(ending)

    async def ask(self, kind, *arguments):
        """Begins an operation and waits for its answer."""
        self._begun += 1
        number = self._begun
        begun = {"operation": number, "kind": kind}
        if arguments:
            begun["arguments"] = list(arguments)
        call = polled_call(self._loop)
        if call is not None:
            begun["call"] = call
        self._journal.append({"begun": begun})
        place = self._begins_at and self._begins_at()
        if place:
            self._journal.append({"noted": {"kind": "awaits", "arguments": [words.write(place)]}})
        waiting = Waiting(loop=self._loop)
        opened, journal = self._open, self._journal

        def give_up():
            if opened.pop(number, None) is not None:
                journal.append({"dropped": {"operation": number}})

        waiting.give_up = give_up
        opened[number] = weakref.ref(waiting)
        try:
            ending = await waiting
            if opened.pop(number, None) is not None:
                journal.append({"delivered": {"operation": number}})
        finally:
            give_up()
        if ending == "panic":
            raise RuntimeError("the database driver crashed")
        if "error" in ending:
            raise Failed(*ending["error"])
        return words.read(ending["ok"])


def polled_call(loop):
    """The number of the caller whose own task is running, if it is one's."""
    try:
        task = asyncio.current_task(loop)
    except RuntimeError:
        return None
    caller = getattr(task, "caller", None)
    return caller and caller.number
