"""The puppet: reads orders from the channel, carries them out, reports. It never judges.

Before any line of the submission runs it has imported all that may be imported, replaced the
clocks, refused threads where the drill has none, and sealed the process.
"""

import _thread
import gc
import importlib
import json
import os
import random
import resource
import sys
import threading
import traceback

import clock
import hashes
import loop
import seal
import threads
from run import Run, collect
from submission import ALLOWED, Finder, Submission, tests_apart

PROTOCOL = 2

# What a block that Python allocated counts as, in bytes: most are small.
BLOCK = 32

# Runs that are closed between two collections.
COLLECTS_EVERY = 256

# What the interpreter may hold beside the submission's heap, in bytes.
OWN_MEMORY = 256 << 20

# What is written together.
WRITTEN = 1 << 13

# A report as text. None contains itself.
told = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def run(channel, rest, given, arguments):
    """Serves the channel until it ends. The arguments are the seal, the heap in bytes, and
    the filters of the seal."""
    sys.modules.setdefault("unittest", tests_apart())
    for name in ALLOWED:
        if name not in sys.modules:
            importlib.import_module(name)
    clock.install()
    loop.install()
    sys.unraisablehook = lambda unraisable: None
    limit = int(arguments[1]) + OWN_MEMORY
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most == resource.RLIM_INFINITY or limit < most:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    submission = Submission(given["slug"], given["file"], given["text"], given["contract"])
    if submission.has_threads:
        threads.install()
        hashes.install()
    else:
        refuse_threads()
    try:
        seal.close_for_good(arguments[0], arguments[2:])
    except OSError as error:
        print(f"the worker gave up: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    sys.meta_path.append(Finder)
    sys.argv[:] = [""]
    gc.disable()
    gc.collect()
    gc.freeze()
    try:
        serve(channel, rest, submission)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def refuse_threads():
    def refuse(*_, **__):
        raise RuntimeError("threads have no part in this drill")

    for module in (_thread, threading):
        for name in ("start_new_thread", "start_new", "start_joinable_thread"):
            for spelt in (name, "_" + name):
                if hasattr(module, spelt):
                    setattr(module, spelt, refuse)


def serve(channel, buffer, submission):
    runs, closed = {}, 0
    written = [b'{"protocol":2}\n']
    while True:
        line, newline, rest = buffer.partition(b"\n")
        if not newline or sum(map(len, written)) > WRITTEN:
            send(channel, b"".join(written))
            written.clear()
        if not newline:
            pieces = [buffer]
            while not newline:
                piece = os.read(channel, 1 << 16)
                if not piece:
                    os._exit(0)
                line, newline, rest = piece.partition(b"\n")
                pieces.append(line)
            line = b"".join(pieces)
        buffer = rest
        order = json.loads(line)
        report, ended = carry_out(order, runs, submission)
        written.append(told(report).encode() + b"\n")
        closed += ended
        if closed >= COLLECTS_EVERY:
            collect()
            closed = 0


def send(channel, text):
    while text:
        text = text[os.write(channel, text):]


# Steps that open, close or need no run: no run is entered meanwhile.
OF_NO_STEP = ("new", "measure", "end")


def carry_out(order, runs, submission):
    number, steps, ended = order["run"], [], 0
    entered = None
    for step in order["steps"]:
        kind, given = (step, {}) if type(step) is str else next(iter(step.items()))
        if entered is not None and kind in OF_NO_STEP:
            entered.leave()
            entered = None
        if kind == "new":
            if number in runs:
                runs.pop(number).end()
            made = runs[number] = Run(submission, given)
            steps.append(made.take())
        elif kind == "measure":
            for one in runs.values():
                one.loop.forget_lost()
            collect()
            steps.append([{"holds": {"bytes": sys.getallocatedblocks() * BLOCK}}])
        elif kind == "end":
            steps.append(runs.pop(number).end() if number in runs else [])
            ended = 1
            if submission.has_threads:
                # The threads of a pool that nobody holds end by themselves.
                sys.modules.pop(submission.slug, None)
                ended = COLLECTS_EVERY
        elif number in runs:
            if entered is None:
                entered = runs[number]
                if entered.module is not None:
                    sys.modules[submission.slug] = entered.module
                entered.enter()
            steps.append(entered.step(kind, given))
        else:
            steps.append([])
    if entered is not None:
        entered.leave()
    return {"run": number, "steps": steps}, ended
