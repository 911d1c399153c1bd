// Wrong: each account leaves the end of its chain behind. Caught by: bounded_state
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const work = async () => {
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    };
    const turn = (this.#tails.get(account) ?? Promise.resolve()).then(work);
    this.#tails.set(account, turn.catch(() => {}));
    return turn;
  }
}
