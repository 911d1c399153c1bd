# Wrong: one lock for the whole bank. Caught by: accounts_independent

import asyncio


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._lock = asyncio.Lock()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        async with self._lock:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
