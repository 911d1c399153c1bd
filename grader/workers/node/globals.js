// What Node's own global objects offer a submission, made anew here: timers, whose time is the
// grader's; clocks that stand still until it moves them; random numbers that are the same
// when a run is played again.
(inside) => {
  'use strict';

  const { host } = inside;
  const { apply, construct } = Reflect;
  const LONGEST = 2 ** 31 - 1;

  const checked = (callback) => {
    if (typeof callback === 'function') return;
    throw inside.coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "callback" argument must be of type function');
  };
  const millis = (delay) => {
    const number = Number(delay);
    return number >= 1 && number <= LONGEST ? Math.trunc(number) : 1;
  };

  class Timeout {
    #start;
    #number;
    constructor(start) {
      this.#start = start;
      this.#number = start();
    }
    ref() {
      return this;
    }
    unref() {
      return this;
    }
    hasRef() {
      return true;
    }
    refresh() {
      host.clear(this.#number);
      this.#number = this.#start();
      return this;
    }
    close() {
      host.clear(this.#number);
      return this;
    }
    [Symbol.toPrimitive]() {
      return this.#number;
    }
    [Symbol.dispose ?? Symbol('dispose')]() {
      this.close();
    }
  }
  class Immediate extends Timeout {}

  const clear = (timer) => {
    if (timer instanceof Timeout) timer.close();
    else if (typeof timer === 'number' || typeof timer === 'string') host.clear(Number(timer));
  };
  const timer = (callback, delay, repeats, given) => {
    checked(callback);
    const call = () => apply(callback, undefined, given);
    return new Timeout(() => host.timer(call, millis(delay), repeats));
  };

  const format = (values) => {
    const text = (value) => (typeof value === 'string' ? value : host.inspect(value));
    return values.map(text).join(' ');
  };
  const print = (...values) => host.print(format(values));
  const console = {};
  for (const name of ['log', 'info', 'debug', 'warn', 'error', 'trace', 'dir', 'table']) console[name] = print;
  for (const name of ['time', 'timeEnd', 'timeLog', 'group', 'groupEnd', 'count', 'assert']) console[name] = () => {};

  const seconds = () => {
    const now = host.monotonic();
    return [Math.floor(now / 1000), Math.round((now % 1000) * 1e6)];
  };
  const hrtime = (before) => {
    const now = seconds();
    if (before === undefined) return now;
    const nanos = (now[0] - before[0]) * 1e9 + now[1] - before[1];
    return [Math.floor(nanos / 1e9), nanos % 1e9];
  };
  hrtime.bigint = () => BigInt(Math.round(host.monotonic() * 1e6));
  const process = {
    argv: [],
    env: {},
    platform: 'linux',
    hrtime,
    uptime: () => host.monotonic() / 1000,
    nextTick(callback, ...given) {
      checked(callback);
      host.tick(() => inside.run(() => apply(callback, undefined, given)));
    },
    emitWarning() {},
    on: () => process,
    once: () => process,
    off: () => process,
  };

  const RealDate = Date;
  function VirtualDate(...given) {
    if (new.target === undefined) return new RealDate(host.epoch()).toString();
    return construct(RealDate, given.length === 0 ? [host.epoch()] : given, new.target);
  }
  Object.defineProperties(VirtualDate, Object.getOwnPropertyDescriptors(RealDate));
  VirtualDate.now = () => Math.floor(host.epoch());
  VirtualDate.prototype.constructor = VirtualDate;

  let state = 1;
  inside.seed = (seed) => {
    state = seed || 1;
    inside.clearEntries();
  };
  Math.random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };

  // Makes these global, as Node's own are.
  inside.offer = (globals) => {
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
    }
  };
  inside.offer({
    console,
    process,
    Date: VirtualDate,
    setTimeout: (callback, delay, ...given) => timer(callback, delay, false, given),
    setInterval: (callback, delay, ...given) => timer(callback, delay, true, given),
    setImmediate: (callback, ...given) => {
      checked(callback);
      const call = () => apply(callback, undefined, given);
      return new Immediate(() => host.immediate(call));
    },
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    queueMicrotask: (callback) => {
      checked(callback);
      host.microtask(() => inside.run(callback));
    },
    global: globalThis,
  });
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics']) Reflect.deleteProperty(globalThis, name);
};
