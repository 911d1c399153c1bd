// Wrong: id 0 is false, so that its requests fetch each for itself. Caught by: users_independent
export class UserCache {
  #db; #rows = new Map(); #flights = new Map();
  constructor(db) { this.#db = db; }
  async getUser(id) {
    if (this.#rows.has(id)) return this.#rows.get(id);
    if (!id) return this.#db.fetchUser(id);
    let flight = this.#flights.get(id);
    if (flight === undefined) {
      flight = this.#fetch(id);
      this.#flights.set(id, flight);
    }
    return flight;
  }
  async #fetch(id) {
    try {
      const row = await this.#db.fetchUser(id);
      this.#rows.set(id, row);
      return row;
    } finally {
      this.#flights.delete(id);
    }
  }
}
