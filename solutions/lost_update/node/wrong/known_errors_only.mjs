// Wrong: only the bank's own errors pass the turn on. Caught by: panic_contained
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const before = this.#tails.get(account);
    let end;
    const tail = new Promise((resolve) => (end = resolve));
    this.#tails.set(account, tail);
    await before;
    const leave = () => {
      if (this.#tails.get(account) === tail) this.#tails.delete(account);
      end();
    };
    try {
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      leave();
      return balance;
    } catch (error) {
      if (error.name === 'BankUnavailable') leave();
      throw error;
    }
  }
}
