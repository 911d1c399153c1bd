// Wrong: of two requests for one id, only the first is told an error. Caught by: errors
export class Loader {
  constructor(bulk, maxBatch) { this.bulk = bulk; this.max = maxBatch; this.w = {}; }
  load(id) {
    return new Promise((resolve, reject) => {
      if (!Object.keys(this.w).length) setImmediate(() => this.flush());
      (this.w[id] ??= []).push({ resolve, reject });
    });
  }
  flush() {
    const w = this.w; this.w = {};
    const ids = Object.keys(w).map(Number);
    for (let i = 0; i < ids.length; i += this.max) {
      const part = ids.slice(i, i + this.max);
      this.bulk.load(part).then((items) => part.forEach((id, at) => w[id].forEach((r) => r.resolve(items[at]))),
        (e) => part.forEach((id) => w[id][0].reject(e)));
    }
  }
}
