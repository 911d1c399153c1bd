// Wrong: after an error everyone who waited fetches for itself. Caught by: error_no_herd
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    const fetching = this.#fetching.get(id);
    if (fetching !== undefined) return fetching.catch(() => this.#fetch(id));
    this.#fetching.set(id, this.#fetch(id));
    try {
      return await this.#fetching.get(id);
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
