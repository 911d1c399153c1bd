// Drill `cache_race`: build the cache everybody builds first, and count what its race costs.
//
// Nothing here is to be fixed yet; `inflight_fix` does that.

/** A cache in front of the database. */
export class UserCache {
  #db;
  // No lock: nothing else runs between two awaits.
  #users = new Map();

  constructor(db) {
    this.#db = db;
  }

  /** The user with this id, from the cache or else from the database. */
  async getUser(id) {
    if (!this.#users.has(id)) {
      // The race: everyone who asks while this waits finds the map still empty.
      this.#users.set(id, await this.#db.fetchUser(id));
    }
    return this.#users.get(id);
  }
}

/**
 * Sends `requests` requests for one user through a new cache, all at once, and returns what
 * really happened: the fetches that began, and the milliseconds that passed.
 */
export async function stampede(db, id, requests) {
  // The database may have been used before; only this stampede is to be counted.
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
