// Wrong: the entry is removed by whoever is done, also when others wait behind it. Caught by: kept
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const before = this.#tails.get(account);
    let end;
    this.#tails.set(account, new Promise((resolve) => (end = resolve)));
    try {
      await before;
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    } finally {
      this.#tails.delete(account);
      end();
    }
  }
}
