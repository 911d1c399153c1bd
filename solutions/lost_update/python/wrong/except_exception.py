# Wrong: the lock is given back in `except Exception`, which does not see a cancelled deposit. Caught by: dropped

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
        await lock.acquire()
        try:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
        except Exception:
            lock.release()
            raise
        lock.release()
        return balance
