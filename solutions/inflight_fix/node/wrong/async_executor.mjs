// Wrong: an async executor's rejection is not the promise's own, so a failed fetch leaves a promise that never settles. Caught by: error_ends_waiting
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
      const fetching = new Promise(async (resolve) => {
        const user = await this.#db.fetchUser(id);
        this.#users.set(id, user);
        this.#fetching.delete(id);
        resolve(user);
      });
      this.#fetching.set(id, fetching);
    }
    return this.#fetching.get(id);
  }
}
