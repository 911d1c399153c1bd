// Wrong: after a failed fetch those that waited look into the cache, find nothing, and return that. Caught by: error_ends_waiting
import { EventEmitter, once } from 'node:events';

export class UserCache {
  #db;
  #users = new Map();
  #flights = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (this.#flights.has(id)) {
      await once(this.#flights.get(id), 'landed');
      return this.#users.get(id);
    }
    const flight = new EventEmitter();
    this.#flights.set(id, flight);
    try {
      this.#users.set(id, await this.#db.fetchUser(id));
      return this.#users.get(id);
    } finally {
      this.#flights.delete(id);
      flight.emit('landed');
    }
  }
}
