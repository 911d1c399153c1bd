// Wrong: `await null` in a loop never lets the loop go on, so the answer it waits for cannot come. Caught by: answered
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Set();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    while (this.#fetching.has(id)) await null;
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
