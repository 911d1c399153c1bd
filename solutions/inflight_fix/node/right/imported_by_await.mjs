// A module that is imported by `await import`; a fetch is followed by a timer that is a promise.
const { promisify } = await import('node:util');

const sleep = promisify(setTimeout);

export class UserCache {
  #db;
  #users = new Map();
  #flights = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (!this.#flights.has(id)) this.#flights.set(id, this.#fetch(id));
    return this.#flights.get(id);
  }

  async #fetch(id) {
    try {
      const user = await this.#db.fetchUser(id);
      this.#users.set(id, user);
      return user;
    } finally {
      this.#flights.delete(id);
      sleep(1);
    }
  }
}
