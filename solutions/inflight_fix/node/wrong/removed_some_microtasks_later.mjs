// Wrong: a failed promise stays in the map for some microtasks. Caught by: error_not_cached
export class UserCache {
  constructor(db) {
    this.db = db;
    this.known = new Map();
  }

  getUser(id) {
    if (!this.known.has(id)) {
      const fetched = this.db.fetchUser(id);
      this.known.set(id, fetched);
      this.forgetIfItFails(id, fetched);
    }
    return this.known.get(id);
  }

  async forgetIfItFails(id, fetched) {
    const [outcome] = await Promise.allSettled([fetched]);
    if (outcome.status === 'rejected') this.known.delete(id);
  }
}
