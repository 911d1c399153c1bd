// Wrong: only the database's own errors remove the entry; after any other one it stays for ever. Caught by: panic_contained
import { DbError } from '../../../../exercises/kit/node/kit.mjs';

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
    return this.#fetching.get(id);
  }

  async #fetch(id) {
    try {
      const user = await this.#db.fetchUser(id);
      this.#users.set(id, user);
      this.#fetching.delete(id);
      return user;
    } catch (error) {
      if (error instanceof DbError) this.#fetching.delete(id);
      throw error;
    }
  }
}
