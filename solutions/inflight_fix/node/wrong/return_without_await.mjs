// Wrong: `return promise` leaves the `try` at once, so the `finally` removes the entry while the fetch is under way. Caught by: one_fetch
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (this.#fetching.has(id)) return this.#fetching.get(id);
    try {
      const fetching = this.#fetch(id);
      this.#fetching.set(id, fetching);
      return fetching;
    } finally {
      this.#fetching.delete(id);
    }
  }

  async #fetch(id) {
    const user = await this.#db.fetchUser(id);
    this.#users.set(id, user);
    return user;
  }
}
