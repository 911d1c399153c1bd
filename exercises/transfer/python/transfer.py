"""Drill `transfer`: check, await, act, and no account is overdrawn."""

from kit import Insufficient, NoSuchAccount


class Accounts:
    """Accounts between which many tasks transfer money. As it is, some are overdrawn."""

    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another.

        - `total` never changes, and no balance is ever below 0.
        - Money moves only after the audit has confirmed its record, once for each record.
        - A transfer that returns has moved its money, and one that raises has not: `Insufficient`,
          `NoSuchAccount`, or the audit's own error. `NoSuchAccount` wins over `Insufficient`,
          and nothing is refused that can be paid.
        - Transfers that share no account never wait for each other, and opposite ones never
          wait for each other for ever. Waiting costs nothing.
        - Any caller may be cancelled at any moment. Its transfer then moved whole or not at
          all, and the others go on.
        - An amount of 0 or less moves nothing. `source` may be `target`.
        """
        if source not in self._balances or target not in self._balances:
            raise NoSuchAccount()
        if self._balances[source] < amount:
            raise Insufficient()
        await self._audit.record(source, target, amount)
        # To do: what was true before the await, and is it still?
        self._balances[source] -= amount
        self._balances[target] += amount

    def balance(self, account):
        """What an account holds; `None` if there is no such account."""
        return self._balances.get(account)

    def total(self):
        """What all accounts hold together."""
        return sum(self._balances.values())
