// Sent by `process.nextTick`.
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = [];

  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  async load(id) {
    if (this.#waiting.length === 0) process.nextTick(() => this.#send());
    return new Promise((resolve, reject) => this.#waiting.push({ id, resolve, reject }));
  }

  #send() {
    const byId = new Map();
    for (const request of this.#waiting) {
      if (!byId.has(request.id)) byId.set(request.id, []);
      byId.get(request.id).push(request);
    }
    this.#waiting = [];
    const ids = [...byId.keys()];
    for (let at = 0; at < ids.length; at += this.#maxBatch) {
      this.#call(ids.slice(at, at + this.#maxBatch), byId);
    }
  }

  async #call(ids, byId) {
    let settle;
    try {
      const items = await this.#bulk.load(ids);
      const of = new Map(ids.map((id, at) => [id, items[at]]));
      settle = (id, { resolve }) => resolve(of.get(id));
    } catch (error) {
      settle = (_, { reject }) => reject(error);
    }
    for (const id of ids) for (const request of byId.get(id)) settle(id, request);
  }
}
