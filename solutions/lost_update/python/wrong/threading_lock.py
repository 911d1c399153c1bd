# Wrong: a `threading.Lock` is held across the awaits: the second deposit stops the loop. Caught by: answered

import threading


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._lock = threading.Lock()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        with self._lock:
            balance = await self._bank.read(account) + amount
            await self._bank.write(account, balance)
            return balance
