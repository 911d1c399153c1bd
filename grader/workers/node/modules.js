// The modules of Node's that a submission may import, in an edition of the realm's own: what a
// solution needs of them, and nothing that leads out of the realm.
(inside) => {
  'use strict';

  const { host } = inside;

  class EventEmitter {
    #listeners = new Map();
    #of(name) {
      if (!this.#listeners.has(name)) this.#listeners.set(name, []);
      return this.#listeners.get(name);
    }
    on(name, listener) {
      this.#of(name).push({ listener, once: false });
      return this;
    }
    once(name, listener) {
      this.#of(name).push({ listener, once: true });
      return this;
    }
    prependListener(name, listener) {
      this.#of(name).unshift({ listener, once: false });
      return this;
    }
    off(name, listener) {
      const all = this.#of(name);
      const at = all.findLastIndex((one) => one.listener === listener);
      if (at >= 0) all.splice(at, 1);
      if (all.length === 0) this.#listeners.delete(name);
      return this;
    }
    emit(name, ...given) {
      const all = [...(this.#listeners.get(name) ?? [])];
      if (all.length === 0) {
        if (name === 'error') throw given[0] instanceof Error ? given[0] : new Error('Unhandled error.');
        return false;
      }
      for (const one of all) {
        if (one.once) this.off(name, one.listener);
        one.listener.apply(this, given);
      }
      return true;
    }
    removeAllListeners(name) {
      if (name === undefined) this.#listeners.clear();
      else this.#listeners.delete(name);
      return this;
    }
    listenerCount(name) {
      return this.#listeners.get(name)?.length ?? 0;
    }
    listeners(name) {
      return (this.#listeners.get(name) ?? []).map((one) => one.listener);
    }
    eventNames() {
      return [...this.#listeners.keys()];
    }
    setMaxListeners() {
      return this;
    }
    getMaxListeners() {
      return Infinity;
    }
  }
  EventEmitter.prototype.addListener = EventEmitter.prototype.on;
  EventEmitter.prototype.removeListener = EventEmitter.prototype.off;
  const once = (emitter, name) =>
    new Promise((resolve, reject) => {
      const fails = (error) => {
        emitter.off(name, comes);
        reject(error);
      };
      const comes = (...given) => {
        emitter.off('error', fails);
        resolve(given);
      };
      emitter.once(name, comes);
      if (name !== 'error') emitter.once('error', fails);
    });
  Object.assign(EventEmitter, { EventEmitter, once });

  const after = (start) => (delay, value) => new Promise((resolve) => start(() => resolve(value), delay));
  const later = {
    setTimeout: after((callback, delay) => setTimeout(callback, delay)),
    setImmediate: (value) => new Promise((resolve) => setImmediate(() => resolve(value))),
    async *setInterval(delay, value) {
      for (;;) {
        await later.setTimeout(delay);
        yield value;
      }
    },
  };
  later.scheduler = { wait: (delay) => later.setTimeout(delay), yield: () => later.setImmediate() };

  class AsyncLocalStorage {
    #own = host.storage();
    run(store, callback, ...given) {
      return this.#own.run(store, () => callback(...given));
    }
    exit(callback, ...given) {
      return this.#own.exit(() => callback(...given));
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

  const promisify = (callable) =>
    function promisified(...given) {
      return new Promise((resolve, reject) => {
        callable.call(this, ...given, (error, value) => (error ? reject(error) : resolve(value)));
      });
    };
  const callbackify = (callable) =>
    function callbackified(...given) {
      const done = given.pop();
      callable.apply(this, given).then((value) => done(null, value), (error) => done(error));
    };
  const isDeepStrictEqual = (one, other) => {
    if (Object.is(one, other)) return true;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
    if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
    const keys = Reflect.ownKeys(one);
    return (
      keys.length === Reflect.ownKeys(other).length &&
      keys.every((key) => isDeepStrictEqual(one[key], other[key]))
    );
  };
  const util = {
    inspect: (value) => host.inspect(value),
    format: (...values) => values.map((value) => (typeof value === 'string' ? value : host.inspect(value))).join(' '),
    promisify,
    callbackify,
    isDeepStrictEqual,
    inherits: (type, parent) => Object.setPrototypeOf(type.prototype, parent.prototype),
    deprecate: (callable) => callable,
    debuglog: () => () => {},
    types: {
      isPromise: (value) => value instanceof Promise,
      isNativeError: (value) => value instanceof Error,
      isMap: (value) => value instanceof Map,
      isSet: (value) => value instanceof Set,
      isDate: (value) => value instanceof Date,
    },
  };

  return {
    async_hooks: { AsyncLocalStorage, AsyncResource },
    events: Object.assign(EventEmitter, {}),
    perf_hooks: { performance },
    timers: { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, promises: later },
    'timers/promises': later,
    util,
  };
};
