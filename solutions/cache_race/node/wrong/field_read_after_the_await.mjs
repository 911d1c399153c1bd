// Wrong: a field that others write is read after the `await`, and holds another user's row by then. Caught by: two_users
export class UserCache {
  #db;
  #last = null;

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#last?.id !== id) this.#last = await this.#db.fetchUser(id);
    return this.#last;
  }
}

export async function stampede(db, id, requests) {
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
