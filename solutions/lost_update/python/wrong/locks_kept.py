# Wrong: the lock of every account that was ever paid into is kept. Caught by: bounded_state

import asyncio
import collections


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._locks = collections.defaultdict(asyncio.Lock)

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        async with self._locks[account]:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
