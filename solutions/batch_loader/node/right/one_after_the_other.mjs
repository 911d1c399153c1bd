// One call after the other: what comes while one is out waits for the next.
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = [];

  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  #isSending = false;

  load(id) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject });
      if (!this.#isSending) this.#send();
    });
  }

  async #send() {
    this.#isSending = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const ids = [...new Set(this.#waiting.map(({ id }) => id))].slice(0, this.#maxBatch);
      const those = this.#waiting.filter(({ id }) => ids.includes(id));
      this.#waiting = this.#waiting.filter(({ id }) => !ids.includes(id));
      try {
        const items = await this.#bulk.load(ids);
        for (const { id, resolve } of those) resolve(items[ids.indexOf(id)]);
      } catch (error) {
        for (const { reject } of those) reject(error);
      }
    }
    this.#isSending = false;
  }
}
