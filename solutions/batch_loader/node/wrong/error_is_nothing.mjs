// Wrong: after an error the requests hear that there is no such item. Caught by: errors
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
      for (const { id, resolve } of those) resolve(items[ids.indexOf(id)]);
    } catch {
      for (const { resolve } of those) resolve(null);
    }
  }
}
