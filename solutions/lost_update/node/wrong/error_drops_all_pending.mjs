// Wrong: an error in one account is told to those who wait for another. Caught by: errors
export class Accounts {
  #bank;
  #pending = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  deposit(account, amount) {
    return new Promise((resolve, reject) => {
      const pending = this.#pending.get(account);
      if (pending) {
        pending.push({ amount, resolve, reject });
        return;
      }
      this.#pending.set(account, [{ amount, resolve, reject }]);
      this.#flush(account);
    });
  }

  async #flush(account) {
    for (;;) {
      const batch = this.#pending.get(account);
      if (batch.length === 0) break;
      this.#pending.set(account, []);
      try {
        let balance = await this.#bank.read(account);
        for (const { amount } of batch) balance += amount;
        await this.#bank.write(account, balance);
        for (const { resolve } of batch) resolve(balance);
      } catch (error) {
        for (const { reject } of batch) reject(error);
        for (const [other, queue] of this.#pending) {
          if (other !== account) for (const { reject } of queue.splice(0)) reject(error);
        }
      }
    }
    this.#pending.delete(account);
  }
}
