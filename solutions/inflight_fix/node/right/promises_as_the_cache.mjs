// The promise is the cache's entry and stays there; one that rejects is taken out again.
export class UserCache {
  #db;
  #promises = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    const known = this.#promises.get(id);
    if (known !== undefined) return known;
    const promise = this.#db.fetchUser(id);
    this.#promises.set(id, promise);
    promise.catch(() => this.#promises.delete(id));
    return promise;
  }
}
