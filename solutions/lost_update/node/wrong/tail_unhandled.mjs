// Wrong: the chain's own copy of the promise rejects and nobody handles it. Caught by: errors
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  deposit(account, amount) {
    const work = async () => {
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    };
    const before = this.#tails.get(account) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#tails.set(account, turn);
    turn.finally(() => {
      if (this.#tails.get(account) === turn) this.#tails.delete(account);
    });
    return turn;
  }
}
