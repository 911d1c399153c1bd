// Wrong: a request gives up after five seconds, with an error that no fetch returned. Caught by: answered
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (!this.#fetching.has(id)) this.#fetching.set(id, this.#fetch(id));
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('too slow')), 5000));
    late.catch(() => {});
    return Promise.race([this.#fetching.get(id), late]);
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
