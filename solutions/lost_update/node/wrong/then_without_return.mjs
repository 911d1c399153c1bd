// Wrong: the chain does not wait for the work: nothing is returned to `then`. Caught by: kept
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    let made;
    const before = this.#tails.get(account) ?? Promise.resolve();
    const tail = before.then(() => {
      made = this.#work(account, amount);
      made.catch(() => {});
    });
    this.#tails.set(account, tail);
    await tail;
    return made;
  }

  async #work(account, amount) {
    const balance = (await this.#bank.read(account)) + amount;
    await this.#bank.write(account, balance);
    return balance;
  }
}
