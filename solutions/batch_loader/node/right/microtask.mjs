// Sent in a microtask; the ids of a batch are a `Set`.
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = [];

  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  load(id) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#send());
    });
  }

  #send() {
    const all = this.#waiting.splice(0);
    const ids = [...new Set(all.map(({ id }) => id))];
    while (ids.length > 0) {
      const batch = ids.splice(0, this.#maxBatch);
      const those = all.filter(({ id }) => batch.includes(id));
      this.#bulk.load(batch).then(
        (items) => those.forEach(({ id, resolve }) => resolve(items[batch.indexOf(id)])),
        (error) => those.forEach(({ reject }) => reject(error)),
      );
    }
  }
}
