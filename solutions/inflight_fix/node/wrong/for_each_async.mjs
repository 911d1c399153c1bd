// Wrong: what an async callback of `forEach` throws reaches nobody, so those that wait never hear of the error. Caught by: error_ends_waiting
export class UserCache {
  #db;
  #users = new Map();
  #waiting = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    const waiting = this.#waiting.get(id);
    if (waiting) return new Promise((resolve) => waiting.push(resolve));
    this.#waiting.set(id, []);
    const fetching = this.#db.fetchUser(id);
    try {
      this.#users.set(id, await fetching);
      return this.#users.get(id);
    } finally {
      const all = this.#waiting.get(id);
      this.#waiting.delete(id);
      all.forEach(async (resolve) => {
        resolve(await fetching);
      });
    }
  }
}
