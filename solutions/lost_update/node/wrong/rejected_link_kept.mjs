// Wrong: a link that rejects is kept in the chain, so all deposits after it fail. Caught by: errors
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  deposit(account, amount) {
    const before = this.#tails.get(account) ?? Promise.resolve();
    const turn = before.then(async () => {
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    });
    this.#tails.set(account, turn);
    return turn;
  }
}
