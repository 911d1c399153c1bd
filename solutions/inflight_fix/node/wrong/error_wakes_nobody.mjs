// Wrong: those that wait are told of rows only; after an error they wait for ever. Caught by: error_ends_waiting
export class UserCache {
  #db;
  #users = new Map();
  #waiting = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    const waiting = this.#waiting.get(id);
    if (waiting) return new Promise((resolve) => waiting.push(resolve));
    this.#waiting.set(id, []);
    let user;
    try {
      user = await this.#db.fetchUser(id);
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
    this.#users.set(id, user);
    for (const resolve of this.#waiting.get(id)) resolve(user);
    this.#waiting.delete(id);
    return user;
  }
}
