# Wrong: a failed record reaches its caller as another exception. Caught by: results
"""Drill `transfer`: check, await, act, and no account is overdrawn."""

from kit import Insufficient, NoSuchAccount


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another.

        The record comes first. After it, the check and both changes are one breath: no await
        is between them, so no other task is.
        """
        try:
            await self._audit.record(source, target, amount)
        except Exception as error:
            raise RuntimeError("the audit is down") from error
        if source not in self._balances or target not in self._balances:
            raise NoSuchAccount()
        if self._balances[source] < amount:
            raise Insufficient()
        if amount > 0:
            self._balances[source] -= amount
            self._balances[target] += amount

    def balance(self, account):
        """What an account holds; `None` if there is no such account."""
        return self._balances.get(account)

    def total(self):
        """What all accounts hold together."""
        return sum(self._balances.values())
