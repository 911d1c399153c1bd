// What is in flight inherits from `EventEmitter` as code did before there were classes.
const EventEmitter = require('node:events');
const { inherits } = require('node:util');

function Flight() {
  EventEmitter.call(this);
}
inherits(Flight, EventEmitter);

class UserCache {
  #db;
  #users = new Map();
  #flights = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    let flight = this.#flights.get(id);
    if (flight === undefined) {
      flight = new Flight().setMaxListeners(0);
      this.#flights.set(id, flight);
      this.#fetch(id, flight);
    }
    return new Promise((resolve, reject) => {
      flight.once('over', (error, user) => (error ? reject(error) : resolve(user)));
    });
  }

  async #fetch(id, flight) {
    let told;
    try {
      const user = await this.#db.fetchUser(id);
      this.#users.set(id, user);
      told = [null, user];
    } catch (error) {
      told = [error];
    }
    this.#flights.delete(id);
    flight.emit('over', ...told);
  }
}

Object.assign(exports, { UserCache });
