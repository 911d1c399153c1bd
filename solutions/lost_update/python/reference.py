"""Drill `lost_update`: read, await, write, and no deposit is lost."""

import asyncio
import weakref


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        # A lock for each account that somebody works on: forgotten with its last deposit.
        self._locks = weakref.WeakValueDictionary()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        lock = self._locks.setdefault(account, asyncio.Lock())
        # The lock of one account, given back however the deposit ends.
        async with lock:
            # Read inside the lock, every time: after an error or a cancelled caller only the
            # bank knows what it holds.
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
