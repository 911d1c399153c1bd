# Wrong: known balances belong to the class, and so to every bank. Caught by: kept

import asyncio


class Account:
    __slots__ = ("lock", "balance", "users")
    def __init__(self):
        self.lock, self.balance, self.users = asyncio.Lock(), None, 0

class Accounts:
    accounts = {}
    def __init__(self, bank):
        self.bank = bank

    async def deposit(self, number, amount):
        account = self.accounts.get(number)
        if account is None:
            account = self.accounts[number] = Account()
        account.users += 1
        try:
            async with account.lock:
                known, account.balance = account.balance, None
                if known is None:
                    known = await self.bank.read(number)
                new = known + amount
                await self.bank.write(number, new)
                account.balance = new
                return new
        finally:
            account.users -= 1
            if account.users == 0 and account.balance is None:
                del self.accounts[number]
