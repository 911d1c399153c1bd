// Wrong: `forEach` does not wait for its async callbacks, so the time is taken at once. Caught by: stampede_elapsed
export class UserCache {
  #db;
  #users = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (!this.#users.has(id)) this.#users.set(id, await this.#db.fetchUser(id));
    return this.#users.get(id);
  }
}

export async function stampede(db, id, requests) {
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  Array.from({ length: requests }).forEach(async () => {
    await cache.getUser(id);
  });
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
