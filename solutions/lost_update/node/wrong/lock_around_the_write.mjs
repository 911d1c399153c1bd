// Wrong: only the write is done in turn, and the read was before it. Caught by: kept
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const balance = (await this.#bank.read(account)) + amount;
    const before = this.#tails.get(account) ?? Promise.resolve();
    const turn = before.then(() => this.#bank.write(account, balance));
    this.#tails.set(account, turn.catch(() => {}));
    await turn;
    return balance;
  }
}
