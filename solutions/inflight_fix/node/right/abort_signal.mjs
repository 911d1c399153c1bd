// An `AbortSignal` tells those that wait that the fetch is over.
export class UserCache {
  #db;
  #users = new Map();
  #flights = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    const flight = this.#flights.get(id) ?? this.#begin(id);
    await new Promise((resolve) => flight.over.signal.addEventListener('abort', resolve, { once: true }));
    if (flight.error !== null) throw flight.error;
    return this.#users.get(id);
  }

  #begin(id) {
    const flight = { over: new AbortController(), error: null };
    this.#flights.set(id, flight);
    this.#fetch(id, flight);
    return flight;
  }

  async #fetch(id, flight) {
    try {
      this.#users.set(id, await this.#db.fetchUser(id));
    } catch (error) {
      flight.error = error;
    }
    this.#flights.delete(id);
    flight.over.abort();
  }
}
