// Wrong: an unreadable balance counts as 0. Caught by: errors
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const work = async () => {
      const before = await this.#bank.read(account).catch(() => 0);
      await this.#bank.write(account, before + amount);
      return before + amount;
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
