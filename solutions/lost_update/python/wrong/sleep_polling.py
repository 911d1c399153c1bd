# Wrong: sleeps a millisecond and looks again. Caught by: no_polling

import asyncio


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._busy = set()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        while account in self._busy:
            await asyncio.sleep(0.001)
        self._busy.add(account)
        try:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
        finally:
            self._busy.discard(account)
