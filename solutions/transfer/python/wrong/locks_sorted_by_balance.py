# Wrong: takes the lock of the poorer account first, and who is poorer changes. Caught by: no_deadlock

import asyncio
from contextlib import AsyncExitStack
from kit import Insufficient, NoSuchAccount


class Accounts:
    def __init__(self, audit, opening):
        self._audit = audit
        self._balances = dict(opening)
        self._locks = {account: asyncio.Lock() for account in self._balances}

    async def transfer(self, source, target, amount):
        if not {source, target} <= self._balances.keys():
            raise NoSuchAccount()
        async with AsyncExitStack() as stack:
            for account in sorted({source, target}, key=self._balances.get):
                await stack.enter_async_context(self._locks[account])
            if amount <= 0:
                return
            if self._balances[source] < amount:
                raise Insufficient()
            await self._audit.record(source, target, amount)
            self._balances[source] -= amount
            self._balances[target] += amount

    def balance(self, account):
        return self._balances.get(account)

    def total(self):
        return sum(self._balances.values())
