"""The world of passwords: every hash of the open run waits on its thread until the grader
answers it.

A hash on the loop's own thread is let through at once: holding it would keep the puppet from
reporting it. One run at a time may have hashes. What a thread waits on is a lock of its own,
so nothing but its answer, or the end of its run, lets it go on.
"""

import _thread

import kit
import words
from operations import polled_call

KIND = "hash_password"

# What a hash is made of that is really worked on, beside its answer: it keeps a processor
# busy for about as long as bcrypt's cheapest one, and not the interpreter.
ROUNDS = 3_000

# What a hash ends with that nobody looks at.
NOTHING = ""

_new_lock, _own_thread = _thread.allocate_lock, _thread.get_ident
_work = None


class Held:
    """A hash whose thread waits."""

    def __init__(self):
        self.waits = _new_lock()
        self.waits.acquire()
        self.ending = None

    def let_go(self, ending):
        self.ending = ending
        self.waits.release()


class Hashes:
    """The hashes of one run."""

    # The run that is open, and passwords of runs that are over: late hashes of them belong
    # to none.
    open = None
    stale = set()

    def __init__(self, loop, journal):
        self._loop, self._journal = loop, journal
        self._thread = _own_thread()
        self._lock = _new_lock()
        self._begun = 0
        self._held = {}
        self._passwords = set()
        self._given = {}
        if Hashes.open is not None:
            Hashes.open.close()
        Hashes.open = self

    def issue(self, password):
        """Notes that a caller of this run has this password."""
        self._passwords.add(password)

    def answer(self, number, ending):
        """Lets a hash go on; one that is over, or was answered, is left alone."""
        with self._lock:
            held = self._held.pop(number, None)
        if held is not None:
            held.let_go(ending)

    def close(self):
        """Ends the run: hashes that still wait go on unseen."""
        if Hashes.open is self:
            Hashes.open = None
        Hashes.stale |= self._passwords
        with self._lock:
            held, self._held = self._held, {}
        for one in held.values():
            one.let_go(None)

    def hash(self, password):
        number, ending = self._pass(password)
        if ending == "panic":
            self._ended(number)
            raise RuntimeError("the hash crashed")
        text = ending["ok"] if ending is not None else NOTHING
        if type(text) is list:
            # No bcrypt is at hand: as long a piece of work, and the text that it comes to.
            _work("sha256", password.encode("utf-8", "replace"), bytes(text[1]), ROUNDS)
            text = text[2]
        self._given[text] = password
        self._ended(number)
        return text

    def verify(self, password, text):
        number, ending = self._pass(password)
        if ending == "panic":
            self._ended(number)
            raise RuntimeError("the hash crashed")
        belongs = ending is None or self._given.get(text) == password
        self._ended(number)
        return belongs

    def _pass(self, password):
        """Waits for the answer: the number of the hash and how it ends; nothing, if nobody
        looks at it."""
        if password not in self._passwords and password in Hashes.stale:
            return None, None
        on_loop = _own_thread() == self._thread
        with self._lock:
            if Hashes.open is not self:
                return None, None
            self._begun += 1
            number = self._begun
            begun = {"operation": number, "kind": KIND, "arguments": [words.write(password)]}
            call = polled_call(self._loop) if on_loop else None
            if call is not None:
                begun["call"] = call
            if not on_loop:
                begun["off_loop"] = True
                held = self._held[number] = Held()
            self._journal.append({"begun": begun})
        if on_loop:
            return number, {"ok": NOTHING}
        held.waits.acquire()
        return number, held.ending

    def _ended(self, number):
        with self._lock:
            if number is not None and Hashes.open is self:
                self._journal.append({"ended": {"operation": number}})


def install():
    """Puts the open run's hashes in the place of the kit's."""
    global _work
    import hashlib

    _work = hashlib.pbkdf2_hmac
    for name in ("hash", "verify"):
        setattr(kit, "_" + name, _of_open_run(name))


def _of_open_run(name):
    def asked(*given):
        run = Hashes.open
        if run is None:
            return NOTHING if name == "hash" else True
        return getattr(run, name)(*given)

    return asked


def named(error):
    """An exception's name in the protocol, if it is the hashing's."""
    return ["too_long", []] if isinstance(error, kit.TooLong) else None
