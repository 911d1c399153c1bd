// Wrong: two requests for one id put it into the call twice. Caught by: limits
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
    while (all.length > 0) {
      const those = all.splice(0, this.#maxBatch);
      this.#call(those.map(({ id }) => id), those);
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
