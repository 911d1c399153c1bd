// Each batch is one promise that its requests share; they pick their own item from it.
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = [];

  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  #batch = null;

  async load(id) {
    if (this.#batch === null || (this.#batch.ids.length === this.#maxBatch && !this.#batch.ids.includes(id))) {
      this.#batch = this.#open();
    }
    const { ids, answer } = this.#batch;
    if (!ids.includes(id)) ids.push(id);
    const items = await answer;
    return items[ids.indexOf(id)];
  }

  #open() {
    const batch = { ids: [], answer: null };
    const send = () => {
      if (this.#batch === batch) this.#batch = null;
      return this.#bulk.load([...batch.ids]);
    };
    batch.answer = new Promise((resolve) => setImmediate(resolve)).then(send);
    return batch;
  }
}
