// Wrong: a write is tried three times, and what became of the last try is not looked at. Caught by: errors

export class Accounts {
  locks = new Map();
  constructor(bank) { this.bank = bank; }
  deposit(account, amount) {
    const before = this.locks.get(account) ?? Promise.resolve();
    const mine = before.then(() => this.one(account, amount));
    const tail = mine.then(() => {}, () => {});
    this.locks.set(account, tail);
    tail.then(() => { if (this.locks.get(account) === tail) this.locks.delete(account); });
    return mine;
  }
  async one(account, amount) {
    const made = (await this.bank.read(account)) + amount; for (let i = 0; i < 3; i++) { try { await this.bank.write(account, made); break; } catch {} } return made;
  }
}
