// Awaited one after the other, but all of them begun before.
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
  const start = process.hrtime.bigint();
  const cache = new UserCache(db);
  const asked = Array.from({ length: requests }, () => cache.getUser(id));
  for (const answer of asked) answer.catch(() => {});
  for (const answer of asked) await answer.catch(() => {});
  const elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
  return { fetches: db.fetches - before, elapsedMs };
}
