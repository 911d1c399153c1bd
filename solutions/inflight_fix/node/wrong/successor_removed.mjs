// Wrong: everyone who hears of the error removes the entry by its key, and so the entry of the next fetch too. Caught by: error_no_herd
export class UserCache {
  #db;
  #promises = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (!this.#promises.has(id)) this.#promises.set(id, this.#db.fetchUser(id));
    try {
      return await this.#promises.get(id);
    } catch (error) {
      this.#promises.delete(id);
      throw error;
    }
  }
}
