// Wrong: requests wait for each other in a chain of promises. Caught by: two_users
export class UserCache {
  #db;
  #users = new Map();
  #tail = Promise.resolve();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    const turn = this.#tail.then(async () => {
      if (!this.#users.has(id)) this.#users.set(id, await this.#db.fetchUser(id));
      return this.#users.get(id);
    });
    this.#tail = turn.catch(() => {});
    return turn;
  }
}

export async function stampede(db, id, requests) {
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
