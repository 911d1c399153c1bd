# Wrong: a waiting transfer looks again every millisecond. Caught by: no_polling

import asyncio

from kit import Insufficient, NoSuchAccount


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)
        self._in_use = set()

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another."""
        both = {source, target}
        while self._in_use & both:
            await asyncio.sleep(0.001)
        self._check(source, target, amount)
        self._in_use |= both
        try:
            await self._audit.record(source, target, amount)
            self._move(source, target, amount)
        finally:
            self._in_use -= both

    def balance(self, account):
        """What an account holds; `None` if there is no such account."""
        return self._balances.get(account)

    def total(self):
        """What all accounts hold together."""
        return sum(self._balances.values())

    def _check(self, source, target, amount):
        if source not in self._balances or target not in self._balances:
            raise NoSuchAccount()
        if self._balances[source] < amount:
            raise Insufficient()

    def _move(self, source, target, amount):
        if amount > 0:
            self._balances[source] -= amount
            self._balances[target] += amount
