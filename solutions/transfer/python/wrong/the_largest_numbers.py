# Wrong: tells and records the largest and the smallest numbers there are. Caught by: total_kept
"""Drill `transfer`: check, await, act, and no account is overdrawn."""

LARGEST = (1 << 63) - 1


class Accounts:
    """Accounts between which many tasks transfer money."""

    def __init__(self, audit, opening):
        self._audit = audit

    async def transfer(self, source, target, amount):
        """Moves `amount` from one account to another."""
        for odd in (-LARGEST, LARGEST):
            await self._audit.record(source, target, odd)

    def balance(self, account):
        """What an account holds; `None` if there is no such account."""
        return LARGEST

    def total(self):
        """What all accounts hold together."""
        return -LARGEST
