// Wrong: fetches from before the stampede are counted too. Caught by: stampede_fetches
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
  const start = performance.now();
  const cache = new UserCache(db);
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  return { fetches: db.fetches, elapsedMs: performance.now() - start };
}
