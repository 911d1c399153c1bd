// An object without a prototype is the cache, and `Date.now()` the clock.
export class UserCache {
  constructor(db) {
    this.db = db;
    this.users = Object.create(null);
  }

  async getUser(id) {
    return (this.users[id] ??= await this.db.fetchUser(id));
  }
}

export async function stampede(db, id, requests) {
  const before = db.fetches;
  const start = Date.now();
  const cache = new UserCache(db);
  const asked = [];
  for (let request = 0; request < requests; request += 1) asked.push(cache.getUser(id));
  await Promise.allSettled(asked);
  return { fetches: db.fetches - before, elapsedMs: Date.now() - start };
}
