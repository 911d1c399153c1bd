# Wrong: an account that holds nothing is taken for none. Caught by: total_kept

from kit import Insufficient, NoSuchAccount
class Accounts:
    def __init__(self, audit, opening): self.audit, self.b = audit, dict(opening)
    async def transfer(self, source, target, amount):
        if source not in self.b or target not in self.b: raise NoSuchAccount
        await self.audit.record(source, target, amount)
        if amount <= 0: return
        if self.b[source] < amount: raise Insufficient
        self.b[source] -= amount
        self.b[target] += amount
    def balance(self, account): return self.b.get(account) or None
    def total(self): return sum(self.b.values())
