// A lock for each user, as a chain of promises; under it the cache is looked at once more.
export class UserCache {
  #db;
  #users = new Map();
  #tails = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    const before = this.#tails.get(id) ?? Promise.resolve();
    const turn = before.then(() => this.#locked(id));
    const tail = turn.catch(() => {});
    this.#tails.set(id, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(id) === tail) this.#tails.delete(id);
    }
  }

  async #locked(id) {
    if (!this.#users.has(id)) this.#users.set(id, await this.#db.fetchUser(id));
    return this.#users.get(id);
  }
}
