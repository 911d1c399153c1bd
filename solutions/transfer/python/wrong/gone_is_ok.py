# Wrong: when the money is gone by the time the record is written, the caller is told that all is well. Caught by: results

from kit import Insufficient, NoSuchAccount


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another."""
        self._check(source, target, amount)
        await self._audit.record(source, target, amount)
        if self._balances[source] >= amount:
            self._move(source, target, amount)

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
