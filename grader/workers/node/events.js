// `node:events`, in an edition of the realm's own: `EventEmitter`, and its ways to wait.
(inside) => {
  'use strict';

  const { host, coded, signalled, web } = inside;
  const MONITOR = Symbol('events.errorMonitor');
  const REJECTION = Symbol.for('nodejs.rejection');

  // What each emitter has, also one that a function has made.
  const OWN = Symbol('events');
  const of = (emitter) => {
    if (!Object.hasOwn(emitter, OWN)) {
      const value = { listeners: new Map(), catches: EventEmitter.captureRejections, most: undefined };
      Object.defineProperty(emitter, OWN, { value });
    }
    return emitter[OWN];
  };
  const all = (emitter, name) => of(emitter).listeners.get(name) ?? [];

  const checked = (listener) => {
    if (typeof listener === 'function') return;
    throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "listener" argument must be of type function');
  };
  const add = (emitter, name, listener, isFirst, isOnce) => {
    checked(listener);
    if (all(emitter, 'newListener').length > 0) emitter.emit('newListener', name, listener);
    const { listeners } = of(emitter);
    if (!listeners.has(name)) listeners.set(name, []);
    const one = { listener, isOnce };
    if (isFirst) listeners.get(name).unshift(one);
    else listeners.get(name).push(one);
    return emitter;
  };
  const remove = (emitter, name, at) => {
    const { listeners } = of(emitter);
    const found = listeners.get(name);
    const [{ listener }] = found.splice(at, 1);
    if (found.length === 0) listeners.delete(name);
    if (listeners.has('removeListener')) emitter.emit('removeListener', name, listener);
  };

  // As Node's own it is a function, which may be called on an object that it has not made.
  function EventEmitter(options) {
    of(this).catches = options?.captureRejections ?? EventEmitter.captureRejections;
  }
  const methods = {
    on(name, listener) {
      return add(this, name, listener, false, false);
    },
    once(name, listener) {
      return add(this, name, listener, false, true);
    },
    prependListener(name, listener) {
      return add(this, name, listener, true, false);
    },
    prependOnceListener(name, listener) {
      return add(this, name, listener, true, true);
    },
    off(name, listener) {
      checked(listener);
      const at = all(this, name).findLastIndex((one) => one.listener === listener);
      if (at >= 0) remove(this, name, at);
      return this;
    },
    emit(name, ...given) {
      if (name === 'error') {
        if (all(this, MONITOR).length > 0) this.emit(MONITOR, ...given);
        if (all(this, 'error').length === 0) {
          if (given[0] instanceof Error) throw given[0];
          throw Object.assign(coded(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${host.inspect(given[0])})`), { context: given[0] });
        }
      }
      const called = [...all(this, name)];
      for (const one of called) {
        if (one.isOnce) {
          // Another listener may have emitted it meanwhile.
          const at = all(this, name).indexOf(one);
          if (at < 0 && one.isGone) continue;
          one.isGone = true;
          if (at >= 0) remove(this, name, at);
        }
        const made = Reflect.apply(one.listener, this, given);
        if (of(this).catches && typeof made?.then === 'function') {
          made.then(undefined, (error) => {
            host.tick(() =>
              inside.run(() => {
                if (typeof this[REJECTION] === 'function') this[REJECTION](error, name, ...given);
                else this.emit('error', error);
              }),
            );
          });
        }
      }
      return called.length > 0;
    },
    removeAllListeners(name) {
      const names = name === undefined ? [...of(this).listeners.keys()] : [name];
      for (const one of names) {
        if (all(this, 'removeListener').length === 0) of(this).listeners.delete(one);
        while (all(this, one).length > 0) remove(this, one, all(this, one).length - 1);
      }
      return this;
    },
    listenerCount(name, listener) {
      return all(this, name).filter((one) => listener === undefined || one.listener === listener).length;
    },
    listeners(name) {
      return all(this, name).map((one) => one.listener);
    },
    rawListeners(name) {
      return all(this, name).map((one) => {
        if (!one.isOnce) return one.listener;
        const wrapped = (...given) => {
          this.off(name, one.listener);
          return Reflect.apply(one.listener, this, given);
        };
        return Object.assign(wrapped, { listener: one.listener });
      });
    },
    eventNames() {
      return [...of(this).listeners.keys()];
    },
    setMaxListeners(most) {
      of(this).most = most;
      return this;
    },
    getMaxListeners() {
      return of(this).most ?? EventEmitter.defaultMaxListeners;
    },
  };
  methods.addListener = methods.on;
  methods.removeListener = methods.off;
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(EventEmitter.prototype, name, { value, writable: true, configurable: true, enumerable: true });
  }

  const aborted = (signal) =>
    Object.assign(coded(Error, 'ABORT_ERR', 'The operation was aborted'), { name: 'AbortError', cause: signal.reason });
  inside.aborted = aborted;

  // Listens to an emitter or to the target of an event. Returns what ends that.
  const listens = (emitter, name, listener, isOnce) => {
    if (typeof emitter?.on === 'function') {
      emitter[isOnce ? 'once' : 'on'](name, listener);
      return () => emitter.off(name, listener);
    }
    if (typeof emitter?.addEventListener === 'function') {
      emitter.addEventListener(name, listener, { once: isOnce });
      return () => emitter.removeEventListener(name, listener);
    }
    throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "emitter" argument must be an instance of EventEmitter');
  };
  const isEmitter = (emitter) => typeof emitter?.on === 'function';

  const once = async (emitter, name, options) => {
    const signal = options?.signal === undefined ? undefined : signalled(options.signal);
    if (signal?.aborted) throw aborted(signal);
    return new Promise((resolve, reject) => {
      const ends = [];
      const over = (settle) => (value) => {
        for (const end of ends) end();
        settle(value);
      };
      ends.push(listens(emitter, name, (...given) => over(resolve)(given), true));
      if (name !== 'error' && isEmitter(emitter)) ends.push(listens(emitter, 'error', over(reject), true));
      if (signal !== undefined) ends.push(listens(signal, 'abort', () => over(reject)(aborted(signal)), true));
    });
  };

  const on = (emitter, name, options) => {
    const signal = options?.signal === undefined ? undefined : signalled(options.signal);
    if (signal?.aborted) throw aborted(signal);
    const came = [];
    const waiting = [];
    const ends = [];
    let failed;
    let isOver = false;
    const close = () => {
      for (const end of ends.splice(0)) end();
      isOver = true;
      for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    };
    const fail = (error) => {
      if (waiting.length === 0) failed = { error };
      else waiting.shift().reject(error);
      close();
    };
    const comes = (...given) => {
      if (waiting.length === 0) came.push(given);
      else waiting.shift().resolve({ value: given, done: false });
    };
    const iterator = {
      next() {
        if (came.length > 0) return Promise.resolve({ value: came.shift(), done: false });
        if (failed !== undefined) {
          const { error } = failed;
          failed = undefined;
          return Promise.reject(error);
        }
        if (isOver) return close();
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      return: close,
      throw(error) {
        if (!(error instanceof Error)) {
          throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "EventEmitter.AsyncIterator" property must be an instance of Error');
        }
        fail(error);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    ends.push(listens(emitter, name, comes, false));
    if (name !== 'error' && isEmitter(emitter)) ends.push(listens(emitter, 'error', fail, false));
    for (const closes of options?.close ?? []) ends.push(listens(emitter, closes, close, false));
    if (signal !== undefined) ends.push(listens(signal, 'abort', () => fail(aborted(signal)), true));
    return iterator;
  };

  const listenersOf = (emitter, name) =>
    isEmitter(emitter) ? emitter.listeners(name) : web.listenersOf(emitter, `${name}`).map((one) => one.callback);
  const addAbortListener = (signal, listener) => {
    signalled(signal);
    let end = () => {};
    if (signal.aborted) queueMicrotask(() => listener());
    else end = listens(signal, 'abort', listener, true);
    return { [Symbol.dispose ?? Symbol.for('nodejs.dispose')]: () => end() };
  };

  Object.assign(EventEmitter, {
    EventEmitter,
    addAbortListener,
    captureRejectionSymbol: REJECTION,
    captureRejections: false,
    defaultMaxListeners: 10,
    errorMonitor: MONITOR,
    getEventListeners: listenersOf,
    getMaxListeners: (emitter) => emitter.getMaxListeners?.() ?? EventEmitter.defaultMaxListeners,
    listenerCount: (emitter, name) => listenersOf(emitter, name).length,
    on,
    once,
    setMaxListeners: (most, ...emitters) => {
      for (const one of emitters) one.setMaxListeners?.(most);
    },
    usingDomains: false,
  });
  inside.EventEmitter = EventEmitter;
};
