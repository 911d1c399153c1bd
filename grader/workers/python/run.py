"""One run: a loop of its own, the submission's instance on it, and the callers that wait."""

import asyncio
import gc
import random

import clock
import words
from hashes import Hashes
from loop import Loop
from operations import Operations
from submission import Refused
from threads import LoopWithThreads

# Tasks that nobody holds are looked for when so much time passes, in microseconds.
COLLECTS_AFTER = 1_000_000

# Handles that may run while a run is closed.
LAST_POLLS = 1_000

# Tasks and threads of a run that are told of when nobody asks how they ended: each text takes its
# time.
MOST_UNHEARD = 100


# How many collections there were.
collections = 0


def collect():
    """Ends what nobody holds, in all runs."""
    global collections
    collections += 1
    gc.collect()


class Caller:
    """One caller: makes its call, and makes it once more if that is asked for."""

    def __init__(self, run, number, again, always, make):
        self.run, self.number, self.again, self.make = run, number, again, make
        self.always = always
        self.numbers = (number, again)
        self.task = None
        self.gone = False

    async def call(self):
        try:
            await self._calls()
        finally:
            # Nothing is left for a collection.
            self.task = self.make = None

    async def _calls(self):
        while not self.gone:
            if self.run.tells_entered:
                self.run.journal.append({"noted": {"kind": "polled", "call": self.number}})
            try:
                ended = {"ok": self.run.contract.told(await self.make())}
            except BaseException as error:
                ended = self._raised(error)
                error = None
            if self.gone or ended is None:
                return
            self.run.journal.append({"returned": {"call": self.number, "with": ended}})
            if self.again is None or not (self.always or "error" in ended):
                break
            self.number, self.again = self.again, None
            self.run.journal.append({"again": {"call": self.number}})
        self.run.forget(self)

    def _raised(self, error):
        if self.gone:
            return None
        known = self.run.contract.named(error)
        if known is not None:
            return {"error": known}
        message = words.told(error, self.run.submission.file)
        self.run.journal.append({"panicked": {"call": self.number, "message": message}})
        self.run.forget(self)
        return None


class Run:
    """See the module."""

    def __init__(self, submission, step):
        self.submission, self.contract = submission, submission.contract
        # Whether the moment counts in which a call is first entered.
        self.tells_entered = getattr(self.contract, "TELLS_ENTERED", False)
        self.journal = []
        # After which collection something last happened in this run.
        self.moved_after = collections
        self.age = 0
        self.callers = {}
        self.instance = self.module = None
        self.discarded = False
        self.arguments = [words.read(one) for one in step.get("arguments", [])]
        if not self.arguments:
            # It is made to see whether that can be done.
            self.arguments = getattr(self.contract, "SOME_ARGUMENTS", [])
        self.hashes = None
        self.told_unheard = 0
        if submission.has_threads:
            self.loop = LoopWithThreads(self.broke, self.unheard, self.failed_in_a_thread)
            self.hashes = Hashes(self.loop, self.journal)
        else:
            self.loop = Loop(self.broke, self.unheard)
        begins_at = submission.runs_at if step.get("places") else None
        self.operations = Operations(self.loop, self.journal, begins_at)
        random.seed(step["seed"])
        self.enter()
        try:
            self.module = submission.load()
        except Refused as refused:
            self.refuse(str(refused))
        else:
            self.make()
        self.leave()

    def enter(self):
        clock.set_age(self.age)
        asyncio._set_running_loop(self.loop)

    def leave(self):
        asyncio._set_running_loop(None)

    def broke(self, error):
        message = words.told(error, self.submission.file)
        self.journal.append({"broke": {"message": message}})

    def unheard(self, error):
        """Tells of a task that ended with this, which nobody has asked about."""
        if self.contract.named(error) is not None or self.told_unheard == MOST_UNHEARD:
            return
        self.told_unheard += 1
        message = words.told(error, self.submission.file)
        self.journal.append({"noted": {"kind": "unheard", "arguments": [message]}})

    def failed_in_a_thread(self, error):
        """Tells of what was raised in another thread, and where in the submission."""
        if self.told_unheard == MOST_UNHEARD:
            return
        self.told_unheard += 1
        message = words.told(error, self.submission.file)
        place = self.submission.runs_at()
        if place is not None:
            message += f" ({place})"
        self.journal.append({"noted": {"kind": "failed_in_a_thread", "arguments": [message]}})

    def make(self):
        try:
            self.instance = self.contract.new(self.module, self.operations.ask, self.arguments)
        except BaseException as error:
            self.broke(error)
            name = next(name for name, methods in self.contract.OFFERS.items() if methods)
            lacks = self.submission.lacks(getattr(self.module, name))
        else:
            lacks = self.submission.lacks(self.instance)
        if lacks is not None:
            self.refuse(lacks)

    def refuse(self, why):
        self.journal.append({"noted": {"kind": "refused", "arguments": [words.write(why)]}})

    def forget(self, caller):
        for number in caller.numbers:
            self.callers.pop(number, None)

    def take(self):
        # Threads may add to it meanwhile.
        events = self.journal[:]
        del self.journal[: len(events)]
        return events

    def step(self, kind, step):
        """Carries out one step, in a run that was entered, and says what was seen."""
        if kind not in MOVES_NOTHING:
            self.moved_after = collections
        STEPS[kind](self, step)
        return self.take()

    def _call(self, step):
        if self.discarded:
            self.discarded = False
            self.make()
        if self.instance is None:
            return
        arguments = [words.read(one) for one in step.get("arguments", [])]
        if self.hashes is not None:
            self.hashes.issue(arguments[0])
        module, instance, ask = self.module, self.instance, self.operations.ask

        def make(entry=step["entry"]):
            return self.contract.call(module, instance, entry, arguments, ask)

        caller = Caller(self, step["call"], step.get("again"), step.get("always", False), make)
        # Whatever factory the submission has set, a caller's task is the grader's.
        factory, self.loop._factory = self.loop._factory, None
        task = self.loop.create_task(caller.call(), name=f"request {caller.number}")
        self.loop._factory = factory
        task.caller, caller.task = caller, task
        for number in caller.numbers:
            if number is not None:
                self.callers[number] = caller

    def _look(self, step):
        if self.instance is None:
            return
        arguments = [words.read(one) for one in step.get("arguments", [])]
        try:
            value = self.contract.look(self.instance, step["entry"], arguments)
        except BaseException as error:
            self.broke(error)
        else:
            self.journal.append({"seen": {"value": value}})

    def _answer(self, step):
        operations = self.operations if self.hashes is None else self.hashes
        operations.answer(step["operation"], step["with"])

    def _ping(self, step):
        async def pong():
            self.journal.append({"pong": {"nonce": step["nonce"]}})

        self.loop.create_task(pong())

    def _drop(self, step):
        caller = self.callers.get(step["call"])
        if caller is None or caller.number != step["call"]:
            return
        caller.gone = True
        self.forget(caller)
        try:
            caller.task.cancel()
        except BaseException as error:
            self.broke(error)

    def _advance(self, step):
        self._pass(step["micros"])
        if step["micros"] >= COLLECTS_AFTER and self.moved_after == collections:
            collect()
        if step["micros"] >= COLLECTS_AFTER:
            self.loop.tell_unheard()
        self.loop.wake_timers()
        self.journal.append({"clock": {"micros": self.age}})

    def _pass(self, micros):
        self.age += micros
        clock.set_age(self.age)

    def _block(self, step):
        async def block():
            self._pass(step["micros"])

        self.loop.create_task(block())

    def _settle(self, step):
        polls, of_calls, idle = self.loop.settle(step["polls"])
        self.journal.append({"settled": {"polls": polls, "of_calls": of_calls, "idle": idle}})

    def _where(self, step):
        """Tells where each task is suspended."""
        for task in self.loop.tasks():
            caller = getattr(task, "caller", None)
            place = self.submission.place_of(task.get_coro())
            if place is None or caller is not None and caller.gone:
                continue
            noted = {"kind": "awaits", "arguments": [words.write(place)]}
            if caller is not None:
                noted["call"] = caller.number
            self.journal.append({"noted": noted})

    def _discard(self, step):
        self.discarded = self.instance is not None
        self.instance = None

    def end(self):
        """Closes the run: everybody in it is cancelled, and what they do then is not told."""
        self.enter()
        for caller in set(self.callers.values()):
            caller.gone = True
        self.callers.clear()
        self.loop._broke = self.loop._unheard = lambda error: None
        for task in self.loop.tasks():
            task._log_destroy_pending = False
            try:
                task.cancel()
            except BaseException:
                pass
        events = self.take()
        if self.hashes is not None:
            self.hashes.close()
        self.loop.settle(LAST_POLLS)
        self.instance = self.module = None
        self.loop.close()
        self.leave()
        return events


# Steps that run no line of a submission and change nothing that it holds.
MOVES_NOTHING = ("advance", "look", "where")

STEPS = {
    "call": Run._call,
    "look": Run._look,
    "answer": Run._answer,
    "ping": Run._ping,
    "drop": Run._drop,
    "advance": Run._advance,
    "block": Run._block,
    "settle": Run._settle,
    "discard": Run._discard,
    "where": Run._where,
}
