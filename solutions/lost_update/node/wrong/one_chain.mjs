// Wrong: one chain for all accounts. Caught by: accounts_independent
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  #tail = Promise.resolve();

  async deposit(account, amount) {
    const turn = this.#tail.then(async () => {
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    });
    this.#tail = turn.catch(() => {});
    return turn;
  }
}
