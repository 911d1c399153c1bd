// Wrong: those that wait look again every five milliseconds. Caught by: no_polling
import { setTimeout as sleep } from 'node:timers/promises';

export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Set();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    while (this.#fetching.has(id)) await sleep(5);
    if (this.#users.has(id)) return this.#users.get(id);
    this.#fetching.add(id);
    try {
      this.#users.set(id, await this.#db.fetchUser(id));
      return this.#users.get(id);
    } finally {
      this.#fetching.delete(id);
    }
  }
}
