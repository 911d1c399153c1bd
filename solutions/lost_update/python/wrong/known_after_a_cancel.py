# Wrong: keeps the balance of the last write that was answered; one whose caller was cancelled may have happened since. Caught by: dropped

import asyncio
import weakref


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._known = {}
        self._locks = weakref.WeakValueDictionary()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        lock = self._locks.setdefault(account, asyncio.Lock())
        async with lock:
            if account not in self._known:
                self._known[account] = await self._bank.read(account)
            balance = self._known[account] + amount
            await self._bank.write(account, balance)
            self._known[account] = balance
            return balance
