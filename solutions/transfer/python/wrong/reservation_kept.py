# Wrong: an error passes by the line that gives the reservation back. Caught by: insufficient

from kit import Insufficient, NoSuchAccount


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)
        self._free = dict(opening)

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another."""
        if source not in self._balances or target not in self._balances:
            raise NoSuchAccount()
        amount = max(amount, 0)
        if self._free[source] < amount:
            raise Insufficient()
        self._free[source] -= amount
        await self._audit.record(source, target, amount)
        self._balances[source] -= amount
        self._balances[target] += amount
        self._free[target] += amount

    def balance(self, account):
        """What an account holds; `None` if there is no such account."""
        return self._balances.get(account)

    def total(self):
        """What all accounts hold together."""
        return sum(self._balances.values())
