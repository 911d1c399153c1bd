// Drill `inflight_fix`: the same cache, but one fetch however many ask.

/** A cache in front of the database that never fetches a user twice at once. */
export class UserCache {
  constructor(db) {
    // The cache itself, and what else? Somebody who asks while a fetch is under way must be
    // able to find it and to wait for its answer.
    throw new Error('keep the database, the cache and what is in flight');
  }

  /**
   * The user with this id.
   *
   * - A cached user costs no fetch; otherwise at most one fetch per user is under way at any
   *   time, and everyone who asks meanwhile waits for it.
   * - Requests for different users never wait for each other.
   * - Every request ends: with the row its user's fetch returned, or with an error that a
   *   fetch really rejected with. Errors are never cached.
   * - No promise is left whose rejection nobody handles: that ends a Node process.
   * - Waiting costs nothing: the answer wakes everyone who waits for it.
   */
  async getUser(id) {
    throw new Error(`answer ${id} from the cache, join the fetch in flight, or begin one`);
  }
}
