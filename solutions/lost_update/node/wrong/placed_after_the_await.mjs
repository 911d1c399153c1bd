// Wrong: the deposit takes its place in the chain only after it has waited, so all that wait go together. Caught by: kept
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    await this.#tails.get(account);
    const work = this.#work(account, amount);
    const tail = work.catch(() => {});
    this.#tails.set(account, tail);
    try {
      return await work;
    } finally {
      if (this.#tails.get(account) === tail) this.#tails.delete(account);
    }
  }

  async #work(account, amount) {
    const balance = (await this.#bank.read(account)) + amount;
    await this.#bank.write(account, balance);
    return balance;
  }
}
