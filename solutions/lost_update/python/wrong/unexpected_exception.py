# Wrong: the account is given back after the bank's own errors alone. Caught by: panic_contained

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
        await lock.acquire()
        try:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
        except (BankUnavailable, asyncio.CancelledError):
            lock.release()
            raise
        lock.release()
        return balance
