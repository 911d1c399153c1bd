// Wrong: one mark of a failed write for all accounts: a deposit in another account wipes it. Caught by: errors
export class Accounts {
  #bank; #tails = new Map(); #known = new Map(); #failed = false;
  constructor(bank) { this.#bank = bank; }
  async #work(account, amount) {
    if (this.#failed || !this.#known.has(account)) {
      this.#known.set(account, await this.#bank.read(account));
      this.#failed = false;
    }
    const balance = this.#known.get(account) + amount;
    this.#known.set(account, balance);
    try { await this.#bank.write(account, balance); } catch (error) { this.#failed = true; throw error; }
    return balance;
  }
  async deposit(account, amount) {
    const before = this.#tails.get(account);
    const mine = (async () => { await before?.catch(() => {}); return this.#work(account, amount); })();
    this.#tails.set(account, mine);
    try { return await mine; } finally { if (this.#tails.get(account) === mine) this.#tails.delete(account); }
  }
}
