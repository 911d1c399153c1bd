// Wrong: `Object.keys` makes texts of the ids. Caught by: answered
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = {};

  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  load(id) {
    return new Promise((resolve, reject) => {
      if (Object.keys(this.#waiting).length === 0) setImmediate(() => this.#flush());
      (this.#waiting[id] ??= []).push({ resolve, reject });
    });
  }

  #flush() {
    const waiting = this.#waiting;
    this.#waiting = {};
    const ids = Object.keys(waiting);
    for (let at = 0; at < ids.length; at += this.#maxBatch) {
      const part = ids.slice(at, at + this.#maxBatch);
      this.#bulk.load(part).then(
        (items) => part.forEach((id, place) => waiting[id].forEach(({ resolve }) => resolve(items[place]))),
        (error) => part.forEach((id) => waiting[id].forEach(({ reject }) => reject(error))),
      );
    }
  }
}
