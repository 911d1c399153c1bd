// What the JavaScript drills code against: a database that is slow (`Db`) and the rows it
// keeps, a bank (`Bank`), and items that are read many at a time (`Bulk`).
//
// Everything here behaves the same whether you run it yourself or the grader does; only where
// the answers come from differs.

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** One row of the database. Under the grader the name is different in every run. */
export class User {
  constructor(id, name) {
    this.id = id;
    this.name = name;
  }
}

/** Why a fetch brought no row. */
export class DbError extends Error {}

/** The database answered: there is no such user. */
export class NotFound extends DbError {
  name = 'NotFound';
  constructor(userId) {
    super(`no row for user ${userId}`);
    this.userId = userId;
  }
}

/** The database could not be asked; the next attempt may succeed. */
export class Unavailable extends DbError {
  name = 'Unavailable';
  constructor() {
    super('the database is unavailable');
  }
}

/**
 * A handle to the database.
 *
 * A `Db` of your own answers every fetch after `latencyMs` milliseconds. It has a row for
 * every id except 0, which is answered with `NotFound`.
 */
export class Db {
  constructor(latencyMs = 200) {
    this._latency = latencyMs;
    this._ask = null;
    this._fetches = 0;
  }

  /**
   * Fetches one row. The fetch begins at once, and nothing calls it off.
   *
   * Rejects with `NotFound` when there is no such user, with `Unavailable` when the database
   * could not be asked.
   */
  async fetchUser(id) {
    this._fetches += 1;
    if (this._ask !== null) return this._ask(id);
    await sleep(this._latency);
    if (id === 0) throw new NotFound(id);
    return new User(id, `simulated row ${id}`);
  }

  /** How many fetches have begun through this handle. */
  get fetches() {
    return this._fetches;
  }
}

/** Why the bank did not do what it was asked. */
export class BankError extends Error {}

/** The bank could not be reached, and nothing has happened; the next attempt may succeed. */
export class BankUnavailable extends BankError {
  name = 'BankUnavailable';
  constructor() {
    super('the bank is unavailable');
  }
}

/**
 * A handle to the bank: balances that are read and written, each by a message that takes a
 * while.
 *
 * A `Bank` of your own answers every message after `latencyMs` milliseconds, and every account
 * begins with 0.
 */
export class Bank {
  constructor(latencyMs = 200) {
    this._latency = latencyMs;
    this._ask = null;
    this._balances = new Map();
  }

  /**
   * The balance of an account at the moment the bank answers.
   *
   * Rejects with `BankUnavailable` when the bank could not be reached.
   */
  async read(account) {
    if (this._ask !== null) return this._ask('read', account);
    await sleep(this._latency);
    return this._balances.get(account) ?? 0;
  }

  /**
   * Makes `balance` the balance of an account, whatever it was before.
   *
   * Rejects with `BankUnavailable` when the bank could not be reached; then nothing has
   * happened.
   */
  async write(account, balance) {
    if (this._ask !== null) return this._ask('write', account, balance);
    await sleep(this._latency);
    this._balances.set(account, balance);
  }
}

/** One item. Under the grader the text is different in every call. */
export class Item {
  constructor(id, text) {
    this.id = id;
    this.text = text;
  }
}

/** Why a call brought no items. */
export class BulkError extends Error {}

/** There were too many calls at once. */
export class TooMany extends BulkError {
  name = 'TooMany';
  constructor() {
    super('too many calls');
  }
}

/** The items could not be asked for; the next attempt may succeed. */
export class BulkUnavailable extends BulkError {
  name = 'BulkUnavailable';
  constructor() {
    super('the items are unavailable');
  }
}

/**
 * A handle to items that are read many at a time.
 *
 * A `Bulk` of your own answers every call after `latencyMs` milliseconds. It has an item for
 * every id except 0.
 */
export class Bulk {
  constructor(latencyMs = 200) {
    this._latency = latencyMs;
    this._ask = null;
    this._calls = [];
  }

  /**
   * Reads the items with these ids, in their order; `null` where there is none.
   *
   * Rejects with `TooMany` or `BulkUnavailable`, and then none of them was read.
   */
  async load(ids) {
    const asked = [...ids];
    this._calls.push(asked);
    if (this._ask !== null) {
      this._calls.length = 0;
      return this._ask(asked);
    }
    await sleep(this._latency);
    return asked.map((id) => (id === 0 ? null : new Item(id, `simulated item ${id}`)));
  }

  /** The ids of each call so far, for tests of your own. */
  get calls() {
    return this._calls;
  }
}
