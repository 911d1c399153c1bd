"""Right: a semaphore of one place for each account."""

import asyncio
import weakref


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._places = weakref.WeakValueDictionary()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        place = self._places.setdefault(account, asyncio.Semaphore(1))
        async with place:
            balance = await self._bank.read(account)
            await self._bank.write(account, balance + amount)
        return balance + amount
