// What is in flight is announced by an emitter; a result of either kind is its event.
import { EventEmitter } from 'node:events';

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
    const { user, error } = await new Promise((resolve) => flight.once('landed', resolve));
    if (error) throw error;
    return user;
  }

  #begin(id) {
    const flight = new EventEmitter();
    this.#flights.set(id, flight);
    const land = (result) => {
      if (result.user) this.#users.set(id, result.user);
      this.#flights.delete(id);
      flight.emit('landed', result);
    };
    this.#db.fetchUser(id).then(
      (user) => land({ user }),
      (error) => land({ error }),
    );
    return flight;
  }
}
