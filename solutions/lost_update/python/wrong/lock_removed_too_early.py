# Wrong: a deposit that is done takes the lock out though others wait for it. Caught by: kept

import asyncio


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._locks = {}

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        lock = self._locks.setdefault(account, asyncio.Lock())
        try:
            async with lock:
                balance = await self._bank.read(account) + amount
                await self._bank.write(account, balance)
                return balance
        finally:
            self._locks.pop(account, None)
