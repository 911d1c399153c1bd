// Each deposit is made by `then` on the one before it, whichever way that ended.
export class Accounts {
  constructor(bank) {
    this.bank = bank;
    this.tails = new Map();
  }

  deposit(account, amount) {
    const work = async () => {
      const balance = (await this.bank.read(account)) + amount;
      await this.bank.write(account, balance);
      return balance;
    };
    const before = this.tails.get(account) ?? Promise.resolve();
    const made = before.then(work, work);
    this.tails.set(account, made);
    const tidy = () => {
      if (this.tails.get(account) === made) this.tails.delete(account);
    };
    made.then(tidy, tidy);
    return made;
  }
}
