// The modules of Node's that a submission may import, in an edition of the realm's own: what a
// solution needs of them, and nothing that leads out of the realm.
(inside) => {
  'use strict';

  const { host, guarded, signalled, aborted, EventEmitter, util } = inside;

  // Waits for what `start` begins and a signal may call off.
  const unlessAborted = (options, start) => {
    const given = options?.signal;
    if (given === undefined) return new Promise((resolve) => start(resolve));
    try {
      signalled(given);
    } catch (error) {
      return Promise.reject(error);
    }
    if (given.aborted) return Promise.reject(aborted(given));
    return new Promise((resolve, reject) => {
      const calledOff = () => {
        end();
        reject(aborted(given));
      };
      const end = start((value) => {
        given.removeEventListener('abort', calledOff);
        resolve(value);
      });
      given.addEventListener('abort', calledOff, { once: true });
    });
  };
  // Whatever the globals become.
  const timers = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
  const later = {
    setTimeout: (delay, value, options) =>
      unlessAborted(options, (resolve) => {
        const timer = timers.setTimeout(() => resolve(value), delay);
        return () => timers.clearTimeout(timer);
      }),
    setImmediate: (value, options) =>
      unlessAborted(options, (resolve) => {
        const timer = timers.setImmediate(() => resolve(value));
        return () => timers.clearImmediate(timer);
      }),
    async *setInterval(delay, value, options) {
      const signal = options?.signal === undefined ? undefined : signalled(options.signal);
      let due = 0;
      let wake;
      const wakes = () => wake?.();
      const timer = timers.setInterval(() => {
        due += 1;
        wakes();
      }, delay);
      signal?.addEventListener('abort', wakes, { once: true });
      try {
        while (!signal?.aborted) {
          if (due === 0) await new Promise((resolve) => (wake = resolve));
          for (; due > 0; due -= 1) yield value;
        }
        throw aborted(signal);
      } finally {
        timers.clearInterval(timer);
        signal?.removeEventListener('abort', wakes);
      }
    },
  };
  later.scheduler = {
    wait: (delay, options) => later.setTimeout(delay, undefined, options),
    yield: () => later.setImmediate(),
  };
  for (const name of ['setTimeout', 'setImmediate']) {
    Object.defineProperty(timers[name], util.promisify.custom, { get: () => later[name], configurable: true, enumerable: true });
  }

  // What a callback returns or throws when the host calls it, which itself throws nothing.
  const outcome = (called, callback, given) => {
    let made;
    called(() => {
      try {
        made = { value: callback(...given) };
      } catch (error) {
        made = { error };
      }
    });
    if ('error' in made) throw made.error;
    return made.value;
  };

  class AsyncLocalStorage {
    #own = guarded(host.storage());
    run(store, callback, ...given) {
      return outcome((call) => this.#own.run(store, call), callback, given);
    }
    exit(callback, ...given) {
      return outcome((call) => this.#own.exit(call), callback, given);
    }
    getStore() {
      return this.#own.get();
    }
    enterWith(store) {
      this.#own.enter(store);
    }
    disable() {
      this.#own.disable();
    }
  }
  class AsyncResource {
    runInAsyncScope(callback, self, ...given) {
      return callback.apply(self, given);
    }
    static bind(callback) {
      return callback;
    }
    bind(callback) {
      return callback;
    }
  }

  return {
    __proto__: null,
    async_hooks: { AsyncLocalStorage, AsyncResource },
    events: EventEmitter,
    perf_hooks: { performance, PerformanceEntry, PerformanceMark, PerformanceMeasure },
    timers: { ...timers, promises: later },
    'timers/promises': later,
    process,
    console,
    url: { URL, URLSearchParams, fileURLToPath: (url) => decodeURIComponent(new URL(url).pathname) },
    util,
  };
};
