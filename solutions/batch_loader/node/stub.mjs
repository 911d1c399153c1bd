// Drill `batch_loader`: many small reads become a few large ones.

/** Loads items. As it is, it makes a call for each of them. */
export class Loader {
  #bulk;
  // To do: where does a request leave its id, and how is it told the answer?

  /** A loader whose calls have at most `maxBatch` ids. */
  constructor(bulk, maxBatch) {
    this.#bulk = bulk;
  }

  /**
   * The item of this id, or `null` if there is none.
   *
   * - Requests that are there together go out together, in as few calls as `maxBatch` allows.
   *   No call is empty, and none has an id twice.
   * - No request waits for a clock. It may wait while another call is out.
   * - An id that is asked for after a call went out is in a later one, also when the same id
   *   is out already. Answers are not kept for those who come later.
   * - An error reaches those whose ids were in that call, and nobody else. It is not
   *   remembered, and a failed call is not made again.
   * - Waiting costs nothing.
   */
  async load(id) {
    // To do: one call for all that are there.
    const [item] = await this.#bulk.load([id]);
    return item;
  }
}
