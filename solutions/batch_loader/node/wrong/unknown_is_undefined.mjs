// Wrong: an unknown id gets what a map has for it, `undefined` and not `null`. Caught by: own_item
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

  #send() {
    const all = this.#waiting.splice(0);
    const ids = [...new Set(all.map(({ id }) => id))];
    while (ids.length > 0) {
      const batch = ids.splice(0, this.#maxBatch);
      this.#call(batch, all.filter(({ id }) => batch.includes(id)));
    }
  }

  async #call(ids, those) {
    try {
      const items = await this.#bulk.load(ids);
      const found = new Map();
      items.forEach((item, at) => {
        if (item) found.set(ids[at], item);
      });
      for (const { id, resolve } of those) resolve(found.get(id));
    } catch (error) {
      for (const { reject } of those) reject(error);
    }
  }
}
