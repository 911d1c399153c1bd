"""Right: the deposit is a task that goes on when its caller is cancelled."""

import asyncio
import weakref


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._locks = weakref.WeakValueDictionary()
        self._tasks = set()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        task = asyncio.create_task(self._deposit(account, amount))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def _deposit(self, account, amount):
        lock = self._locks.setdefault(account, asyncio.Lock())
        async with lock:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
