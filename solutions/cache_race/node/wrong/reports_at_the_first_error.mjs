// Wrong: the report is made at the first error, while fetches are under way. Caught by: stampede_elapsed

export class UserCache {
  rows = new Map();
  constructor(db) { this.db = db; }
  async getUser(id) {
    if (!this.rows.has(id)) this.rows.set(id, await this.db.fetchUser(id));
    return this.rows.get(id);
  }
}
export async function stampede(db, id, requests) {
  const before = db.fetches, begun = performance.now();
  const cache = new UserCache(db);
  await Promise.all(Array.from({ length: requests }, () => cache.getUser(id))).catch(() => {});
  return { fetches: db.fetches - before, elapsedMs: performance.now() - begun };
}
