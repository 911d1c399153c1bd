// Drill `batch_loader`: many small reads become a few large ones.

/** Loads items, those that are asked for together in one call. */
export class Loader {
  #bulk;
  #maxBatch;
  // The requests that no call has been made for: by id, what settles each of them.
  #waiting = new Map();

  /** A loader whose calls have at most `maxBatch` ids. */
  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  /** The item of this id, or `null` if there is none. */
  load(id) {
    return new Promise((resolve, reject) => {
      // The first one sees to it that all are sent, once everybody who is there has asked.
      if (this.#waiting.size === 0) setImmediate(() => this.#send());
      const requests = this.#waiting.get(id) ?? [];
      this.#waiting.set(id, [...requests, { resolve, reject }]);
    });
  }

  #send() {
    const all = [...this.#waiting];
    // Taken out before the call: whoever asks from now on goes with the next one.
    this.#waiting.clear();
    for (let from = 0; from < all.length; from += this.#maxBatch) {
      this.#call(all.slice(from, from + this.#maxBatch));
    }
  }

  async #call(batch) {
    try {
      const items = await this.#bulk.load(batch.map(([id]) => id));
      batch.forEach(([, requests], at) => requests.forEach(({ resolve }) => resolve(items[at])));
    } catch (error) {
      batch.forEach(([, requests]) => requests.forEach(({ reject }) => reject(error)));
    }
  }
}
