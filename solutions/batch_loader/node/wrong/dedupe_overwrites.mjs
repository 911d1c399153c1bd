// Wrong: the second request for an id takes the place of the first. Caught by: errors
export class Loader {
  constructor(bulk, maxBatch) { this.bulk = bulk; this.max = maxBatch; this.w = new Map(); }
  load(id) {
    if (this.w.size === 0) setImmediate(() => this.flush());
    let entry = this.w.get(id);
    if (!entry) {
      entry = {};
      entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
      this.w.set(id, entry);
      return entry.promise;
    }
    // the second one gets a copy that turns errors into "not there"
    return entry.promise.catch(() => null);
  }
  flush() {
    const all = [...this.w]; this.w = new Map();
    for (let i = 0; i < all.length; i += this.max) {
      const part = all.slice(i, i + this.max);
      this.bulk.load(part.map(([id]) => id)).then((items) => part.forEach(([, e], at) => e.resolve(items[at])), (error) => part.forEach(([, e]) => e.reject(error)));
    }
  }
}
