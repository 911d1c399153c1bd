# Wrong: account 0 is false and has no lock. Caught by: kept

import asyncio, weakref


class Accounts:
    def __init__(self, bank):
        self._bank = bank
        self._locks = weakref.WeakValueDictionary()

    async def deposit(self, account, amount):
        lock = self._locks.setdefault(account, asyncio.Lock()) if account else asyncio.Lock()
        async with lock:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
