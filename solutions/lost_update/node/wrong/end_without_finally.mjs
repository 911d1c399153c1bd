// Wrong: the turn is passed on only after a success. Caught by: errors
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const before = this.#tails.get(account);
    let end;
    const tail = new Promise((resolve) => (end = resolve));
    this.#tails.set(account, tail);
    await before;
    const balance = (await this.#bank.read(account)) + amount;
    await this.#bank.write(account, balance);
    if (this.#tails.get(account) === tail) this.#tails.delete(account);
    end();
    return balance;
  }
}
