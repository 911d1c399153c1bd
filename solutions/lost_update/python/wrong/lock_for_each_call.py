# Wrong: each deposit makes a lock of its own. Caught by: kept

import asyncio


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        async with asyncio.Lock():
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
