// Wrong: those that wait look again in every turn of the loop. Caught by: no_polling
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Set();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    while (this.#fetching.has(id)) await new Promise((resolve) => setImmediate(resolve));
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
