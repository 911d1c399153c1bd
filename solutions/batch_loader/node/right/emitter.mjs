// An emitter carries the answers.
export class Loader {
  #bulk;
  #maxBatch;
  #waiting = [];

  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
    this.#maxBatch = maxBatch;
  }

  #round = null;

  load(id) {
    if (this.#round === null) {
      this.#round = new Map();
      setImmediate(() => this.#send());
    }
    const round = this.#round;
    return new Promise((resolve, reject) => {
      const listen = (error, item) => (error ? reject(error) : resolve(item));
      round.set(id, (round.get(id) ?? []).concat(listen));
    });
  }

  #send() {
    const round = [...this.#round.entries()];
    this.#round = null;
    for (let at = 0; at < round.length; at += this.#maxBatch) {
      const part = round.slice(at, at + this.#maxBatch);
      const tell = (error, items) =>
        part.forEach(([, listeners], place) => listeners.forEach((one) => one(error, items?.[place])));
      this.#bulk.load(part.map(([id]) => id)).then((items) => tell(null, items), tell);
    }
  }
}
