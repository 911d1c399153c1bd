// Each call carries a number for log lines of its own, in an `AsyncLocalStorage`.
import { AsyncLocalStorage } from 'node:async_hooks';
const trace = new AsyncLocalStorage();
let serial = 0;
export class UserCache {
  #db; #rows = new Map(); #flights = new Map();
  constructor(db) { this.#db = db; }
  getUser(id) { return trace.run(++serial, () => this.#get(id)); }
  async #get(id) {
    if (this.#rows.has(id)) return this.#rows.get(id);
    let flight = this.#flights.get(id);
    if (!flight) {
      flight = this.#db.fetchUser(id).then(
        (row) => { this.#rows.set(id, row); this.#flights.delete(id); return row; },
        (error) => { this.#flights.delete(id); throw error; });
      this.#flights.set(id, flight);
    }
    return flight;
  }
}
