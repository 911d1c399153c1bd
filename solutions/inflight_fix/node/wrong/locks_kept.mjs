// Wrong: each user who was ever asked for leaves a lock behind, found or not. Caught by: bounded_state
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
    this.#tails.set(id, turn.catch(() => {}));
    return turn;
  }

  async #locked(id) {
    if (!this.#users.has(id)) this.#users.set(id, await this.#db.fetchUser(id));
    return this.#users.get(id);
  }
}
