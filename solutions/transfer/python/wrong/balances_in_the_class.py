# Wrong: all accounts share the balances in the class. Caught by: total_kept

from kit import Insufficient, NoSuchAccount
class Accounts:
    b = {}
    def __init__(self, audit, opening):
        self.audit = audit
        self.b.update(opening)
    async def transfer(self, source, target, amount):
        if source not in self.b or target not in self.b: raise NoSuchAccount
        await self.audit.record(source, target, amount)
        if amount <= 0: return
        if self.b[source] < amount: raise Insufficient
        self.b[source] -= amount
        self.b[target] += amount
    def balance(self, account): return self.b.get(account)
    def total(self): return sum(self.b.values())
