// Wrong: the stampede awaits one request after the other, and one that fails meanwhile is handled by nobody. Caught by: stampede_fetches
export class UserCache {
  #db; #rows = new Map();
  constructor(db) { this.#db = db; }
  async getUser(id) {
    if (this.#rows.has(id)) return this.#rows.get(id);
    const user = await this.#db.fetchUser(id);
    this.#rows.set(id, user);
    return user;
  }
}
export async function stampede(db, id, requests) {
  const cache = new UserCache(db), before = db.fetches, start = performance.now();
  const all = Array.from({ length: requests }, () => cache.getUser(id));
  for (const p of all) { try { await p; } catch { /* counted all the same */ } }
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
