// The balance of a successful write is kept, and forgotten as soon as anything fails.
export class Accounts {
  #bank;
  #known = new Map();
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const turn = (this.#tails.get(account) ?? Promise.resolve()).then(() => this.#alone(account, amount));
    const tail = turn.then(
      () => {},
      () => {},
    );
    this.#tails.set(account, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(account) === tail) this.#tails.delete(account);
    }
  }

  async #alone(account, amount) {
    try {
      const before = this.#known.get(account) ?? (await this.#bank.read(account));
      this.#known.delete(account);
      await this.#bank.write(account, before + amount);
      this.#known.set(account, before + amount);
      return before + amount;
    } catch (error) {
      this.#known.delete(account);
      throw error;
    }
  }
}
