// Wrong: the mutex is free before the next in line has it, and a newcomer gets in. Caught by: kept
class Mutex {
  #isHeld = false;
  #line = [];

  get isIdle() {
    return !this.#isHeld && this.#line.length === 0;
  }

  async run(work) {
    if (this.#isHeld) await new Promise((resolve) => this.#line.push(resolve));
    this.#isHeld = true;
    try {
      return await work();
    } finally {
      this.#isHeld = false;
      this.#line.shift()?.();
    }
  }
}

export class Accounts {
  #bank;
  #mutexes = new Map();

  constructor(bank) {
    this.#bank = bank;
  }

  async deposit(account, amount) {
    const mutex = this.#mutexes.get(account) ?? new Mutex();
    this.#mutexes.set(account, mutex);
    try {
      return await mutex.run(async () => {
        const balance = (await this.#bank.read(account)) + amount;
        await this.#bank.write(account, balance);
        return balance;
      });
    } finally {
      if (mutex.isIdle) this.#mutexes.delete(account);
    }
  }
}
