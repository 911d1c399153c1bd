# Wrong: a lock is free until the one it called runs, so two may get it. Caught by: never_negative

import asyncio
import collections

from kit import Insufficient, NoSuchAccount


class Lock:
    """A lock that knows who is in line for it."""

    def __init__(self):
        self._is_held = False
        self._line = collections.deque()

    async def __aenter__(self):
        if self._is_held:
            turn = asyncio.get_running_loop().create_future()
            self._line.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._call_next()
                raise
        self._is_held = True

    async def __aexit__(self, *_):
        self._is_held = False
        self._call_next()

    def _call_next(self):
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)
        self._locks = {account: Lock() for account in self._balances}

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another."""
        if source not in self._balances or target not in self._balances:
            raise NoSuchAccount()
        if amount <= 0 or source == target:
            await self._pay(source, target, amount)
            return
        first, second = sorted((source, target))
        async with self._locks[first], self._locks[second]:
            await self._pay(source, target, amount)

    def balance(self, account):
        """What an account holds; `None` if there is no such account."""
        return self._balances.get(account)

    def total(self):
        """What all accounts hold together."""
        return sum(self._balances.values())

    async def _pay(self, source, target, amount):
        if self._balances[source] < amount:
            raise Insufficient()
        await self._audit.record(source, target, amount)
        if amount > 0:
            self._balances[source] -= amount
            self._balances[target] += amount
