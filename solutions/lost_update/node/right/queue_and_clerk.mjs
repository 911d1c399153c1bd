// A queue for each account, and one async function that works through it.
export class Accounts {
  #bank;
  #queues = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  deposit(account, amount) {
    return new Promise((resolve, reject) => {
      const order = { amount, resolve, reject };
      const queue = this.#queues.get(account);
      if (queue) {
        queue.push(order);
        return;
      }
      this.#queues.set(account, [order]);
      this.#work(account);
    });
  }

  async #work(account) {
    const queue = this.#queues.get(account);
    while (queue.length > 0) {
      const { amount, resolve, reject } = queue.shift();
      try {
        const balance = (await this.#bank.read(account)) + amount;
        await this.#bank.write(account, balance);
        resolve(balance);
      } catch (error) {
        reject(error);
      }
    }
    this.#queues.delete(account);
  }
}
