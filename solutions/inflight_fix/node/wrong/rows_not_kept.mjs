// Wrong: requests share the fetch, but its row is forgotten with it. Caught by: cached
export class UserCache {
  #db;
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (!this.#fetching.has(id)) this.#fetching.set(id, this.#fetch(id));
    return this.#fetching.get(id);
  }

  async #fetch(id) {
    try {
      return await this.#db.fetchUser(id);
    } finally {
      this.#fetching.delete(id);
    }
  }
}
