// Right: the steps of a deposit are a generator, run by hand; a lock for each account.
class Mutex {
  #held = false; #line = [];
  acquire() { if (!this.#held) { this.#held = true; return Promise.resolve(this.#release()); } return new Promise((go) => this.#line.push(go)); }
  get idle() { return !this.#held; }
  #release() { let done = false; return () => { if (done) return; done = true; const next = this.#line.shift(); if (next) next(this.#release()); else this.#held = false; }; }
}
const run = (steps) => new Promise((resolve, reject) => {
  const go = (method, value) => {
    let step;
    try { step = steps[method](value); } catch (error) { return reject(error); }
    if (step.done) return resolve(step.value);
    Promise.resolve(step.value).then((v) => go('next', v), (e) => go('throw', e));
  };
  go('next');
});
export class Accounts {
  #locks = new Map();
  constructor(bank) { this.bank = bank; }
  deposit(account, amount) {
    const { bank } = this; const locks = this.#locks;
    return run((function* () {
      let lock = locks.get(account);
      if (!lock) locks.set(account, (lock = new Mutex()));
      const release = yield lock.acquire();
      try {
        const balance = (yield bank.read(account)) + amount;
        yield bank.write(account, balance);
        return balance;
      } finally {
        release();
        if (lock.idle && locks.get(account) === lock) locks.delete(account);
      }
    })());
  }
}
