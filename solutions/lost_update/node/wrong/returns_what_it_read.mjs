// Wrong: it returns the balance that it read. Caught by: returned
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const work = async () => {
      const balance = await this.#bank.read(account);
      await this.#bank.write(account, balance + amount);
      return balance;
    };
    const turn = (this.#tails.get(account) ?? Promise.resolve()).then(work);
    const tail = turn.catch(() => {});
    this.#tails.set(account, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(account) === tail) this.#tails.delete(account);
    }
  }
}
