// A request whose leader failed looks again, and the first of them becomes the next leader.
export class UserCache {
  #db;
  #users = new Map();
  #leaders = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    while (!this.#users.has(id)) {
      const leader = this.#leaders.get(id);
      if (leader === undefined) return this.#lead(id);
      await leader;
    }
    return this.#users.get(id);
  }

  async #lead(id) {
    let land;
    this.#leaders.set(id, new Promise((resolve) => (land = resolve)));
    try {
      this.#users.set(id, await this.#db.fetchUser(id));
      return this.#users.get(id);
    } finally {
      this.#leaders.delete(id);
      land();
    }
  }
}
