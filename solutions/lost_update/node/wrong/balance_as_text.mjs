// Wrong: the balance is written as a text. Caught by: answered
export class Accounts {
  #bank; #tails = new Map();
  constructor(bank) { this.#bank = bank; }
  async deposit(account, amount) {
    const before = this.#tails.get(account);
    let end; const tail = new Promise((r) => (end = r)); this.#tails.set(account, tail);
    try {
      await before;
      const balance = Number(await this.#bank.read(account)) + amount;
      await this.#bank.write(account, String(balance));
      return balance;
    } finally { if (this.#tails.get(account) === tail) this.#tails.delete(account); end(); }
  }
}
