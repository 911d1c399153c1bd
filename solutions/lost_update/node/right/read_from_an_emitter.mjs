// For each account a clerk reads its deposits with `for await` from an emitter.
import { EventEmitter, on } from 'node:events';
export class Accounts {
  #bank; #desks = new Map();
  constructor(bank) { this.#bank = bank; }
  async #clerk(account, desk) {
    try {
      for await (const [{ amount, resolve, reject }] of on(desk.door, 'deposit', { signal: desk.over.signal })) {
        try {
          const balance = (await this.#bank.read(account)) + amount;
          await this.#bank.write(account, balance);
          resolve(balance);
        } catch (error) { reject(error); }
        desk.waiting -= 1;
        if (desk.waiting === 0) { this.#desks.delete(account); return; }
      }
    } catch { /* over */ }
  }
  deposit(account, amount) {
    return new Promise((resolve, reject) => {
      let desk = this.#desks.get(account);
      if (!desk) {
        desk = { door: new EventEmitter(), over: new AbortController(), waiting: 0 };
        this.#desks.set(account, desk);
        this.#clerk(account, desk);
      }
      desk.waiting += 1;
      desk.door.emit('deposit', { amount, resolve, reject });
    });
  }
}
