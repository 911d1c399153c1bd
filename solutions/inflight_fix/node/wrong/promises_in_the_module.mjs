// Wrong: all caches share the promises under way in the module. Caught by: answered

const flying = new Map();
export class UserCache {
  #rows = new Map(); #flying = flying;
  constructor(db) { this.db = db; }
  getUser(id) {
    if (this.#rows.has(id)) return Promise.resolve(this.#rows.get(id));
    let p = this.#flying.get(id);
    if (!p) {
      p = this.db.fetchUser(id).then((row) => { this.#rows.set(id, row); this.#flying.delete(id); return row; }, (e) => { this.#flying.delete(id); throw e; });
      this.#flying.set(id, p);
    }
    return p;
  }
}
