// The same as a CommonJS module, with the result kept aside of the promise that is waited for.
'use strict';

class UserCache {
  constructor(db) {
    this.db = db;
    this.rows = {};
    this.flights = {};
  }

  async getUser(id) {
    if (id in this.rows) return this.rows[id];
    if (!(id in this.flights)) {
      this.flights[id] = this.db
        .fetchUser(id)
        .then((row) => (this.rows[id] = row))
        .finally(() => delete this.flights[id]);
    }
    return await this.flights[id];
  }
}

module.exports = { UserCache };
