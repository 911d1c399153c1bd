// Wrong: a call that is rejected does not make the next call in line. Caught by: errors
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = [];
  #batches = [];
  #underWay = 0;

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
      const those = all.filter(({ id }) => batch.includes(id));
      this.#batches.push({ ids: batch, those });
    }
    while (this.#underWay < 2 && this.#batches.length > 0) this.#next();
  }

  async #next() {
    const batch = this.#batches.shift();
    if (!batch) return;
    const { ids, those } = batch;
    this.#underWay += 1;
    try {
      const items = await this.#bulk.load(ids);
      for (const { id, resolve } of those) resolve(items[ids.indexOf(id)]);
      this.#underWay -= 1;
      this.#next();
    } catch (error) {
      this.#underWay -= 1;
      for (const { reject } of those) reject(error);
    }
  }
}
