// Wrong: one row is kept, whoever it belongs to. Caught by: two_users
export class UserCache {
  #db;
  #user = null;

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    this.#user ??= await this.#db.fetchUser(id);
    return this.#user;
  }
}

export async function stampede(db, id, requests) {
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
