// The time is that between two marks, and the report is a copy.
import { performance } from 'node:perf_hooks';

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
  const cache = new UserCache(db);
  const before = db.fetches;
  performance.mark('first request');
  await Promise.allSettled(Array.from({ length: requests }, () => cache.getUser(id)));
  performance.mark('last answer');
  const { duration } = performance.measure('stampede', 'first request', 'last answer');
  return structuredClone({ fetches: db.fetches - before, elapsedMs: duration });
}
