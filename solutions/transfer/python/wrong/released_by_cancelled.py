# Wrong: a waiter that is cancelled gives back a lock that it never had. Caught by: dropped

import asyncio
from kit import Insufficient, NoSuchAccount


class Accounts:
    def __init__(self, audit, opening):
        self._audit, self._balances, self._sems = (audit, dict(opening), {})

    def _sem(self, account):
        return self._sems.setdefault(account, asyncio.Semaphore(1))

    async def transfer(self, source, target, amount):
        if source not in self._balances or target not in self._balances:
            raise NoSuchAccount()
        if amount <= 0:
            return
        try:
            await self._sem(source).acquire()
            if self._balances[source] < amount:
                raise Insufficient()
            await self._audit.record(source, target, amount)
            self._balances[source] -= amount
            self._balances[target] += amount
        finally:
            self._sem(source).release()

    def balance(self, account):
        return self._balances.get(account)

    def total(self):
        return sum(self._balances.values())
