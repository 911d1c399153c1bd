// Wrong: the promise is the cache's entry, and one that rejected stays there for all who come later. Caught by: error_not_cached
export class UserCache {
  #db;
  #promises = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (!this.#promises.has(id)) this.#promises.set(id, this.#db.fetchUser(id));
    return this.#promises.get(id);
  }
}
