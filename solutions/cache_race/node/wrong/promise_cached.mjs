// Wrong: the promise is cached, so the race is gone, and an error stays. Caught by: race
export class UserCache {
  #db;
  #promises = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (!this.#promises.has(id)) this.#promises.set(id, this.#db.fetchUser(id));
    return this.#promises.get(id);
  }
}

export async function stampede(db, id, requests) {
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
