// Wrong: it does not await the write, and returns before anything is stored. Caught by: kept
export class Accounts {
  #bank;
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    let balance;
    let written;
    const work = async () => {
      balance = (await this.#bank.read(account)) + amount;
      written = this.#bank.write(account, balance);
    };
    const turn = (this.#tails.get(account) ?? Promise.resolve()).then(work);
    const tail = turn.then(() => written).catch(() => {});
    this.#tails.set(account, tail);
    try {
      await turn;
      return balance;
    } finally {
      tail.then(() => {
        if (this.#tails.get(account) === tail) this.#tails.delete(account);
      });
    }
  }
}
