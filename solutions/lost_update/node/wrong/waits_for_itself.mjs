// Wrong: a deposit is in the line before it looks who is, and waits for itself. Caught by: answered

/** Accounts into which many requests pay at once. */
export class Accounts {
  #bank;
  // The end of the last deposit in each account that somebody works on.
  #tails = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  /** Adds `amount` to the balance of `account`, and returns the balance that this makes. */
  async deposit(account, amount) {
    let end;
    const tail = new Promise((resolve) => (end = resolve));
    // In its place before any `await`, so that the next one queues up behind this one.
    this.#tails.set(account, tail);
    try {
      await this.#tails.get(account);
      // Read when it is our turn, every time: after an error only the bank knows.
      const balance = (await this.#bank.read(account)) + amount;
      await this.#bank.write(account, balance);
      return balance;
    } finally {
      if (this.#tails.get(account) === tail) this.#tails.delete(account);
      // It is only ever resolved: another deposit's failure is not the next one's.
      end();
    }
  }
}
