// Requests that wait leave their resolving functions; the one that fetches calls them.
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
    if (waiting) return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    this.#waiting.set(id, []);
    const leave = () => {
      const all = this.#waiting.get(id);
      this.#waiting.delete(id);
      return all;
    };
    try {
      const user = await this.#db.fetchUser(id);
      this.#users.set(id, user);
      for (const waiter of leave()) waiter.resolve(user);
      return user;
    } catch (error) {
      for (const waiter of leave()) waiter.reject(error);
      throw error;
    }
  }
}
