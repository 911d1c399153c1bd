// Wrong: each request makes a call of its own. Caught by: together
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = [];

  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  async load(id) {
    const [item] = await this.#bulk.load([id]);
    return item;
  }
}
