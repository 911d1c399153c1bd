// Drill `cache_race`: build the cache everybody builds first, and count what its race costs.
//
// Nothing here is to be fixed yet; `inflight_fix` does that.

/** A cache in front of the database. */
export class UserCache {
  constructor(db) {
    // What do you need to remember between two calls of `getUser`?
    throw new Error('keep the database and an empty map');
  }

  /**
   * The user with this id.
   *
   * - A cached user is answered from the cache: no fetch.
   * - Any other user is fetched (`await db.fetchUser(id)`), and a row that arrives is cached.
   * - An error is handed to the caller and never cached.
   */
  async getUser(id) {
    throw new Error(`look ${id} up; if absent, fetch it and remember the row`);
  }
}

/**
 * Sends `requests` requests for one user through a new cache, all at once, and returns what
 * really happened, as `{ fetches, elapsedMs }`: how many fetches began, and how many
 * milliseconds passed until the last request had its answer. Measure it, do not work it out.
 *
 * `db.fetches` counts the fetches that have begun through `db`.
 */
export async function stampede(db, id, requests) {
  throw new Error(`start all ${requests} requests together and wait for every one of them`);
}
