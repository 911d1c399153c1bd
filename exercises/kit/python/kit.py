"""What the Python drills code against: a database that is slow (`Db`), the rows it keeps, a
bank (`Bank`), passwords that take long to hash, and whatever else a drill calls.

Everything here behaves the same whether you run it yourself or the grader does; only where
the answers come from differs.
"""

import asyncio
import os


class User:
    """One row of the database. Under the grader the name is different in every run."""

    __slots__ = ("id", "name")

    def __init__(self, id, name):
        self.id = id
        self.name = name

    def __eq__(self, other):
        return isinstance(other, User) and (self.id, self.name) == (other.id, other.name)

    def __hash__(self):
        return hash((self.id, self.name))

    def __repr__(self):
        return f"User({self.id!r}, {self.name!r})"


class DbError(Exception):
    """Why a fetch brought no row."""


class NotFound(DbError):
    """The database answered: there is no such user."""

    def __init__(self, user_id):
        super().__init__(f"no row for user {user_id}")
        self.user_id = user_id


class Unavailable(DbError):
    """The database could not be asked; the next attempt may succeed."""

    def __init__(self):
        super().__init__("the database is unavailable")


class Db:
    """A handle to the database.

    A `Db` of your own answers every fetch after `latency` seconds of the loop's time. It has
    a row for every id except 0, which is answered with `NotFound`.
    """

    def __init__(self, latency=0.2):
        self._latency = latency
        self._ask = None
        self._fetches = 0

    async def fetch_user(self, user_id):
        """Fetches one row. The fetch begins when it is awaited, and is called off when the
        task that awaits it is cancelled.

        Raises `NotFound` when there is no such user, `Unavailable` when the database could
        not be asked.
        """
        self._fetches += 1
        if self._ask is not None:
            return await self._ask(user_id)
        await asyncio.sleep(self._latency)
        if user_id == 0:
            raise NotFound(user_id)
        return User(user_id, f"simulated row {user_id}")

    @property
    def fetches(self):
        """How many fetches have begun through this handle."""
        return self._fetches


class BankError(Exception):
    """Why the bank did not do what it was asked."""


class BankUnavailable(BankError):
    """The bank could not be reached, and nothing has happened; the next attempt may succeed."""

    def __init__(self):
        super().__init__("the bank is unavailable")


class Bank:
    """A handle to the bank: balances that are read and written, each by a message that takes
    a while.

    A `Bank` of your own answers every message after `latency` seconds of the loop's time, and
    every account begins with 0.
    """

    def __init__(self, latency=0.2):
        self._latency = latency
        self._ask = None
        self._balances = {}

    async def read(self, account):
        """The balance of an account at the moment the bank answers.

        Raises `BankUnavailable` when the bank could not be reached.
        """
        if self._ask is not None:
            return await self._ask("read", account)
        await asyncio.sleep(self._latency)
        return self._balances.get(account, 0)

    async def write(self, account, balance):
        """Makes `balance` the balance of an account, whatever it was before.

        A call whose task is cancelled before its answer has happened or has not: nobody
        knows. Raises `BankUnavailable` when the bank could not be reached; then nothing has
        happened.
        """
        if self._ask is not None:
            return await self._ask("write", account, balance)
        await asyncio.sleep(self._latency)
        self._balances[account] = balance


class TransferError(Exception):
    """Why a transfer did not happen."""


class Insufficient(TransferError):
    """The account does not hold that much."""

    def __init__(self):
        super().__init__("the account does not hold that much")


class NoSuchAccount(TransferError):
    """One of the two accounts does not exist."""

    def __init__(self):
        super().__init__("there is no such account")


class AuditError(TransferError):
    """The transfer could not be recorded."""


class AuditUnavailable(AuditError):
    """The audit could not be reached, and holds no record; the next attempt may succeed."""

    def __init__(self):
        super().__init__("the audit is unavailable")


class Audit:
    """A handle to the audit, in which every transfer is recorded before its money may move.

    An `Audit` of your own confirms every record after `latency` seconds of the loop's time.
    """

    def __init__(self, latency=0.2):
        self._latency = latency
        self._ask = None

    async def record(self, source, target, amount):
        """Records that `amount` is to move from one account to another.

        A call whose task is cancelled before its answer has happened or has not: nobody
        knows. Raises `AuditUnavailable` when the audit could not be reached; then nothing
        was recorded.
        """
        if self._ask is not None:
            return await self._ask(source, target, amount)
        await asyncio.sleep(self._latency)


class Event:
    """Something that happened to `key` (a device, an order), to be stored. Its number tells
    it from others and says nothing about their order."""

    __slots__ = ("key", "number")

    def __init__(self, key, number):
        self.key = key
        self.number = number

    def __eq__(self, other):
        return isinstance(other, Event) and (self.key, self.number) == (other.key, other.number)

    def __hash__(self):
        return hash((self.key, self.number))

    def __repr__(self):
        return f"Event({self.key!r}, {self.number!r})"


class SinkError(Exception):
    """Why an event was not stored."""


class Rejected(SinkError):
    """The sink does not want this event, now or later."""

    def __init__(self):
        super().__init__("the sink rejected the event")


class Sink:
    """A handle to the sink, which stores events, each by a message that takes a while.

    A `Sink` of your own takes `latency` seconds of the loop's time for each event, and
    rejects none. `stored` lists the events in the order in which their stores ended.
    """

    def __init__(self, latency=0.2):
        self._latency = latency
        self._ask = None
        self.stored = []

    async def store(self, event):
        """Stores an event.

        A call whose task is cancelled before its answer has happened or has not: nobody
        knows. Raises `Rejected` when the sink does not want it; then nothing is stored.
        """
        if self._ask is not None:
            return await self._ask(event)
        await asyncio.sleep(self._latency)
        self.stored.append(event)


class Item:
    """What is stored under an id."""

    __slots__ = ("id", "text")

    def __init__(self, id, text):
        self.id = id
        self.text = text

    def __eq__(self, other):
        return isinstance(other, Item) and (self.id, self.text) == (other.id, other.text)

    def __hash__(self):
        return hash((self.id, self.text))

    def __repr__(self):
        return f"Item({self.id!r}, {self.text!r})"


class BulkError(Exception):
    """Why a call brought no items."""


class TooMany(BulkError):
    """The other side had too many calls to serve; a later one may succeed."""

    def __init__(self):
        super().__init__("there are too many calls at the moment")


class BulkUnavailable(BulkError):
    """The other side could not be reached; a later call may succeed."""

    def __init__(self):
        super().__init__("the items are unavailable")


class Bulk:
    """A handle to where the items are, which are loaded many at a time.

    A `Bulk` of your own answers after `latency` seconds of the loop's time, whatever the
    number of ids. Each id that is a multiple of 10 is unknown. `calls` lists the ids of each
    call, in the order in which the calls began.
    """

    def __init__(self, latency=0.2):
        self._latency = latency
        self._ask = None
        self.calls = []

    async def load(self, ids):
        """The items of these ids, as a list in their order; `None` for an id that is unknown.

        A call whose task is cancelled before its answer is called off. Raises `TooMany` or
        `BulkUnavailable` when no item could be loaded: of none of these ids.
        """
        ids = list(ids)
        if self._ask is not None:
            return await self._ask(ids)
        self.calls.append(ids)
        await asyncio.sleep(self._latency)
        return [Item(one, f"this is item {one}") if one % 10 else None for one in ids]


# A password may have so many bytes in UTF-8: bcrypt reads no more.
MAX_PASSWORD_BYTES = 72

# How long a hash takes: some hundreds of milliseconds of CPU time.
_ROUNDS = 300_000

_hash = _verify = None


class TooLong(ValueError):
    """The password is longer than the 72 bytes that bcrypt reads."""

    def __init__(self):
        super().__init__(f"password is longer than {MAX_PASSWORD_BYTES} bytes")


def hash_password(password):
    """Hashes a password with a fresh salt. BLOCKS the calling thread for as long as the
    computation takes: some hundreds of milliseconds of pure CPU. Other threads run meanwhile,
    because the computation lets go of the GIL.

    Raises `TooLong` for a password of more than 72 bytes.
    """
    _check_length(password)
    return _hash(password) if _hash is not None else _computed(password, os.urandom(16))


def verify_password(password, hash):
    """Whether `hash`, made by `hash_password`, belongs to `password`. BLOCKS the calling
    thread for as long as hashing does. A text that is not a hash belongs to no password.

    Raises `TooLong` for a password of more than 72 bytes.
    """
    _check_length(password)
    if _verify is not None:
        return _verify(password, hash)
    try:
        salt = bytes.fromhex(hash.split("$")[2])
    except (IndexError, ValueError):
        return False
    return _computed(password, salt) == hash


def _check_length(password):
    if len(password.encode("utf-8", "surrogatepass")) > MAX_PASSWORD_BYTES:
        raise TooLong()


def _computed(password, salt):
    import hashlib

    text = password.encode("utf-8", "surrogatepass")
    hashed = hashlib.pbkdf2_hmac("sha256", text, salt, _ROUNDS)
    return f"$pbkdf2-sha256${salt.hex()}${hashed.hex()}"
