// Wrong: each request is awaited before the next one starts. Caught by: stampede_fetches
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
  for (let request = 0; request < requests; request += 1) await cache.getUser(id);
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
