// Counts down with an event.
import { EventEmitter, once } from 'node:events';

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
  const start = performance.now();
  const cache = new UserCache(db);
  const done = new EventEmitter();
  let left = requests;
  const ended = () => {
    left -= 1;
    if (left === 0) done.emit('all');
  };
  const all = once(done, 'all');
  for (let request = 0; request < requests; request += 1) cache.getUser(id).then(ended, ended);
  await all;
  return { fetches: db.fetches - before, elapsedMs: performance.now() - start };
}
