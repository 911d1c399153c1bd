"""What the Python drills code against: a database that is slow (`Db`), the rows it keeps and
a bank (`Bank`).

Everything here behaves the same whether you run it yourself or the grader does; only where
the answers come from differs.
"""

import asyncio


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
