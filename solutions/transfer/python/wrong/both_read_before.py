# Wrong: both balances are read before either is written: a transfer to oneself makes money. Caught by: odd_amounts

from kit import Insufficient, NoSuchAccount


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another."""
        await self._audit.record(source, target, amount)
        self._check(source, target, amount)
        if amount > 0:
            less, more = self._balances[source] - amount, self._balances[target] + amount
            self._balances[source] = less
            self._balances[target] = more

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
