// Wrong: one chain of promises for all users, so that a slow one holds up the others. Caught by: users_independent
export class UserCache {
  #db;
  #users = new Map();
  #tail = Promise.resolve();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    const turn = this.#tail.then(() => this.#locked(id));
    this.#tail = turn.catch(() => {});
    return turn;
  }

  async #locked(id) {
    if (!this.#users.has(id)) this.#users.set(id, await this.#db.fetchUser(id));
    return this.#users.get(id);
  }
}
