// Wrong: `finally` makes a promise of its own; when the fetch rejects, so does that one, and nobody handles it. Caught by: error_ends_waiting
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
      const fetching = this.#db.fetchUser(id).then((user) => {
        this.#users.set(id, user);
        return user;
      });
      this.#fetching.set(id, fetching);
      fetching.finally(() => this.#fetching.delete(id));
    }
    return this.#fetching.get(id);
  }
}
