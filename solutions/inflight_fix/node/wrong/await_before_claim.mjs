// Wrong: between the look at what is in flight and the entry lies an `await`, so a second request slips through. Caught by: one_fetch
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  async #isFetching(id) {
    return this.#fetching.has(id);
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (!(await this.#isFetching(id))) this.#fetching.set(id, this.#fetch(id));
    return this.#fetching.get(id) ?? this.#users.get(id);
  }

  async #fetch(id) {
    try {
      const user = await this.#db.fetchUser(id);
      this.#users.set(id, user);
      return user;
    } finally {
      this.#fetching.delete(id);
    }
  }
}
