// Wrong: deposits that wait look again every five milliseconds. Caught by: no_polling
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  #busy = new Set();

  async deposit(account, amount) {
    while (this.#busy.has(account)) await new Promise((resolve) => setTimeout(resolve, 5));
    this.#busy.add(account);
    try {
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    } finally {
      this.#busy.delete(account);
    }
  }
}
