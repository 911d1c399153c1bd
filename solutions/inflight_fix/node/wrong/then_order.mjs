// Wrong: `finally` removes the entry some microtasks before the row is in the cache; who asks in between fetches again. Caught by: cached
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (!this.#fetching.has(id)) {
      const fetching = this.#db.fetchUser(id).finally(() => this.#fetching.delete(id));
      this.#fetching.set(id, fetching);
    }
    const user = await this.#fetching.get(id);
    this.#users.set(id, user);
    return user;
  }
}
