// The cache is an `EventTarget`; what a fetch brought is an event for those that wait.
export class UserCache extends EventTarget {
  #db;
  #users = new Map();
  #fetching = new Set();

  constructor(db) {
    super();
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    const told = new Promise((resolve, reject) => {
      const listener = ({ detail: { user, error } }) => (error ? reject(error) : resolve(user));
      this.addEventListener(`user ${id}`, listener, { once: true });
    });
    if (!this.#fetching.has(id)) this.#fetch(id);
    return told;
  }

  async #fetch(id) {
    this.#fetching.add(id);
    let detail;
    try {
      const user = await this.#db.fetchUser(id);
      this.#users.set(id, user);
      detail = { user };
    } catch (error) {
      detail = { error };
    }
    this.#fetching.delete(id);
    const event = Object.assign(new Event(`user ${id}`), { detail });
    this.dispatchEvent(event);
  }
}
