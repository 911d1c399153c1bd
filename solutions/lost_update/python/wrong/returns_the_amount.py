# Wrong: returns what was paid in. Caught by: returned

import asyncio
import weakref


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._locks = weakref.WeakValueDictionary()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        lock = self._locks.setdefault(account, asyncio.Lock())
        async with lock:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return amount
