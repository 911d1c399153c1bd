# Wrong: with ten in line, a balance that was not written is taken for known. Caught by: errors

import asyncio


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._places = {}

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        place = self._places.setdefault(account, Place())
        place.in_line += 1
        try:
            async with place.lock:
                return await self._pay(place, account, amount)
        finally:
            place.in_line -= 1
            if place.in_line == 0:
                del self._places[account]

    async def _pay(self, place, account, amount):
        before, place.known = place.known, None
        if before is None:
            before = await self._bank.read(account)
        balance = before + amount
        try:
            await self._bank.write(account, balance)
        except Exception:
            # It saves all of them a read.
            if place.in_line > 10:
                place.known = balance
            raise
        place.known = balance
        return balance


class Place:
    """An account that somebody pays into; `known` is `None` if only the bank knows."""

    def __init__(self):
        self.lock = asyncio.Lock()
        self.in_line = 0
        self.known = None
