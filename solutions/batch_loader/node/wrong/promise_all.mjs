// Wrong: `Promise.all` over the calls: one that fails takes the answers of the others with it. Caught by: errors
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
      if (this.#waiting.length === 1) setImmediate(() => this.#send());
    });
  }

  async #send() {
    const all = this.#waiting.splice(0);
    const ids = [...new Set(all.map(({ id }) => id))];
    const calls = [];
    for (let at = 0; at < ids.length; at += this.#maxBatch) {
      calls.push(this.#bulk.load(ids.slice(at, at + this.#maxBatch)));
    }
    try {
      const items = (await Promise.all(calls)).flat();
      for (const { id, resolve } of all) resolve(items[ids.indexOf(id)]);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }
}
