# Wrong: takes the balance for 0 when it could not be read. Caught by: errors

import asyncio
import weakref

from kit import BankUnavailable


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._locks = weakref.WeakValueDictionary()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        lock = self._locks.setdefault(account, asyncio.Lock())
        async with lock:
            try:
                balance = await self._bank.read(account)
            except BankUnavailable:
                balance = 0
            await self._bank.write(account, balance + amount)
            return balance + amount
