// A lock with a queue of its own, one for each account in use.
class Lock {
  #waiting = [];
  #held = false;

  async acquire() {
    if (!this.#held) {
      this.#held = true;
      return;
    }
    await new Promise((resolve) => this.#waiting.push(resolve));
  }

  release() {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#held = false;
    return this.#held;
  }
}

export class Accounts {
  #bank;
  #locks = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    if (!this.#locks.has(account)) this.#locks.set(account, new Lock());
    const lock = this.#locks.get(account);
    await lock.acquire();
    try {
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    } finally {
      if (!lock.release()) this.#locks.delete(account);
    }
  }
}
