// Promises all the way, without `async`.
export class UserCache {
  constructor(db) {
    this.db = db;
    this.users = new Map();
  }

  getUser(id) {
    const known = this.users.get(id);
    if (known) return Promise.resolve(known);
    return this.db.fetchUser(id).then((user) => {
      this.users.set(id, user);
      return user;
    });
  }
}

export function stampede(db, id, requests) {
  const before = db.fetches;
  const start = performance.now();
  const cache = new UserCache(db);
  const quiet = () => cache.getUser(id).catch(() => {});
  return Promise.all(new Array(requests).fill().map(quiet)).then(() => ({
    fetches: db.fetches - before,
    elapsedMs: performance.now() - start,
  }));
}
