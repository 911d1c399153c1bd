// Wrong: calls that are out together are awaited one after the other, and one that fails meanwhile is handled by nobody. Caught by: errors
export class Loader {
  #bulk; #max; #open = null;
  constructor(bulk, maxBatch) { this.#bulk = bulk; this.#max = maxBatch; }
  load(id) {
    if (!this.#open) { this.#open = new Map(); queueMicrotask(() => this.#go()); }
    return new Promise((ok, no) => { if (!this.#open.has(id)) this.#open.set(id, []); this.#open.get(id).push({ ok, no }); });
  }
  async #go() {
    const open = this.#open; this.#open = null;
    const ids = [...open.keys()], calls = [];
    while (ids.length) { const part = ids.splice(0, this.#max); calls.push([part, this.#bulk.load(part)]); }
    for (const [part, call] of calls) {
      try { const items = await call; part.forEach((id, n) => open.get(id).forEach((w) => w.ok(items[n]))); } catch (error) { part.forEach((id) => open.get(id).forEach((w) => w.no(error))); }
    }
  }
}
