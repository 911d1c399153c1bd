// Wrong: a batch that does not get full is never sent. Caught by: answered
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
      if (this.#waiting.length === this.#maxBatch) setImmediate(() => this.#send());
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
    } catch (error) {
      for (const { reject } of those) reject(error);
    }
  }

}
