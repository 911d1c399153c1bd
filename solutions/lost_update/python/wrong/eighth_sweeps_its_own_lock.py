# Wrong: every eighth deposit sweeps out locks that nobody holds, its own too. Caught by: kept

import asyncio


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._locks = {}
        self._deposits = 0

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        self._deposits += 1
        lock = self._locks.setdefault(account, asyncio.Lock())
        await asyncio.sleep(0)
        if self._deposits % 8 == 0:
            self._sweep()
        async with lock:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance

    def _sweep(self):
        for account, lock in list(self._locks.items()):
            if not lock.locked():
                del self._locks[account]
