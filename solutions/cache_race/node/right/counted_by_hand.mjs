// Factory functions, and a count kept by hand.
class Counted {
  begun = 0;
  constructor(db) {
    this.db = db;
  }
  async fetchUser(id) {
    this.begun += 1;
    return this.db.fetchUser(id);
  }
}

export const UserCache = class {
  users = new Map();
  constructor(db) {
    this.db = db;
  }
  getUser = async (id) => {
    const cached = this.users.get(id);
    if (cached !== undefined) return cached;
    const user = await this.db.fetchUser(id);
    this.users.set(id, user);
    return user;
  };
};

export const stampede = async (db, id, requests) => {
  const counted = new Counted(db);
  const cache = new UserCache(counted);
  const start = performance.now();
  const all = [...Array(requests).keys()].map(() => cache.getUser(id));
  await Promise.allSettled(all);
  return { fetches: counted.begun, elapsedMs: performance.now() - start };
};
