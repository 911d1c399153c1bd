// Wrong: a fetch that fails clears all that are under way, other users' too. Caught by: long_runs

/** A cache in front of the database that never fetches a user twice at once. */
export class UserCache {
  #db;
  #users = new Map();
  // The fetches under way.
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  /** The user with this id: from the cache, from the fetch under way, or from a new one. */
  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (!this.#fetching.has(id)) this.#fetching.set(id, this.#fetch(id));
    return this.#fetching.get(id);
  }

  async #fetch(id) {
    try {
      const user = await this.#db.fetchUser(id);
      // Kept before the entry goes, so that nobody can ask in between.
      this.#users.set(id, user);
      return user;
    } catch (error) {
      this.#fetching.clear();
      throw error;
    } finally {
      this.#fetching.delete(id);
    }
  }
}
