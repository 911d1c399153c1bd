// Wrong: the row is handed on and not kept. Caught by: cached
export class UserCache {
  constructor(db) {
    this.db = db;
  }

  async getUser(id) {
    return this.db.fetchUser(id);
  }
}

export async function stampede(db, id, requests) {
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
