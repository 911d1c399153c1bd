// Wrong: nothing keeps a second deposit from reading the same balance. Caught by: kept
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const balance = (await this.#bank.read(account)) + amount;
    await this.#bank.write(account, balance);
    return balance;
  }
}
