# Wrong: a write is tried three times, and what became of the last try is not looked at. Caught by: errors

import asyncio
class Accounts:
    
    def __init__(self, bank):
        self.bank = bank; self.locks = {}
    async def deposit(self, account, amount):
        lock = self.locks.setdefault(account, asyncio.Lock())
        try:
            async with lock:
                balance = await self.bank.read(account) + amount
                for _ in range(3):
                    try:
                        await self.bank.write(account, balance)
                        break
                    except Exception:
                        pass
                return balance
        finally:
            if not lock.locked() and not lock._waiters: self.locks.pop(account, None)
