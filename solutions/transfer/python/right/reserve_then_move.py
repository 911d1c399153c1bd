"""Right: money is reserved before the record, and `finally` ends the reservation."""

import collections

from kit import Insufficient, NoSuchAccount


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)
        self._reserved = collections.Counter()

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another."""
        if source not in self._balances or target not in self._balances:
            raise NoSuchAccount()
        if amount <= 0:
            return
        if self._balances[source] - self._reserved[source] < amount:
            raise Insufficient()
        self._reserved[source] += amount
        try:
            await self._audit.record(source, target, amount)
            self._balances[source] -= amount
            self._balances[target] += amount
        finally:
            self._reserved[source] -= amount
            if not self._reserved[source]:
                del self._reserved[source]

    def balance(self, account):
        """What an account holds; `None` if there is no such account."""
        return self._balances.get(account)

    def total(self):
        """What all accounts hold together."""
        return sum(self._balances.values())
