// `node:util`, in an edition of the realm's own.
(inside) => {
  'use strict';

  const { host, coded, signalled } = inside;
  const CUSTOM = Symbol.for('nodejs.util.promisify.custom');
  const TYPES =
    'isAnyArrayBuffer isArrayBuffer isArrayBufferView isAsyncFunction isBigInt64Array isBigUint64Array isBooleanObject isBoxedPrimitive isDataView isDate isFloat32Array isFloat64Array isGeneratorFunction isGeneratorObject isInt16Array isInt32Array isInt8Array isMap isMapIterator isNativeError isNumberObject isPromise isProxy isRegExp isSet isSetIterator isStringObject isSymbolObject isTypedArray isUint16Array isUint32Array isUint8Array isUint8ClampedArray isWeakMap isWeakSet';

  const isFunction = (value, name) => {
    if (typeof value === 'function') return;
    throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be of type function. Received ${host.inspect(value)}`);
  };
  const promisify = (original) => {
    isFunction(original, 'original');
    const own = original[CUSTOM];
    if (own) {
      isFunction(own, 'util.promisify.custom');
      return Object.defineProperty(own, CUSTOM, { value: own, enumerable: false, writable: false, configurable: true });
    }
    function promisified(...given) {
      return new Promise((resolve, reject) => {
        Reflect.apply(original, this, [...given, (error, value) => (error ? reject(error) : resolve(value))]);
      });
    }
    Object.setPrototypeOf(promisified, Object.getPrototypeOf(original));
    Object.defineProperty(promisified, CUSTOM, { value: promisified, configurable: true });
    return Object.defineProperties(promisified, Object.getOwnPropertyDescriptors(original));
  };
  promisify.custom = CUSTOM;

  const callbackify = (original) => {
    isFunction(original, 'original');
    return function callbackified(...given) {
      const done = given.pop();
      isFunction(done, 'last argument');
      const tell = (...told) => process.nextTick(() => Reflect.apply(done, this, told));
      const fails = (error) =>
        tell(error || Object.assign(coded(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value'), { reason: error }));
      Reflect.apply(original, this, given).then((value) => tell(null, value), fails);
    };
  };

  const inherits = (type, parent) => {
    isFunction(type, 'ctor');
    isFunction(parent, 'superCtor');
    Object.defineProperty(type, 'super_', { value: parent, writable: true, configurable: true });
    Object.setPrototypeOf(type.prototype, parent.prototype);
  };

  const isDeepStrictEqual = (one, other) => {
    if (Object.is(one, other)) return true;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
    if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
    if (one instanceof Date && one.getTime() !== other.getTime()) return false;
    if (one instanceof Map) return isDeepStrictEqual([...one], [...other]);
    if (one instanceof Set) return isDeepStrictEqual([...one], [...other]);
    const keys = Reflect.ownKeys(one);
    return (
      keys.length === Reflect.ownKeys(other).length &&
      keys.every((key) => isDeepStrictEqual(one[key], other[key]))
    );
  };

  const shown = (value) => (typeof value === 'string' ? value : host.inspect(value));
  const PLACES = {
    s: (value) => (typeof value === 'object' && value !== null ? host.inspect(value) : String(value)),
    d: (value) => `${typeof value === 'bigint' ? `${value}n` : Number(value)}`,
    i: (value) => `${parseInt(value, 10)}`,
    f: (value) => `${parseFloat(value)}`,
    j: (value) => `${JSON.stringify(value)}`,
    o: (value) => host.inspect(value),
    O: (value) => host.inspect(value),
    c: () => '',
  };
  const format = (...values) => {
    if (typeof values[0] !== 'string') return values.map(shown).join(' ');
    const [first, ...left] = values;
    const filled = first.replace(/%([%sdifjoOc])/g, (place, kind) => {
      if (kind === '%') return values.length > 1 ? '%' : place;
      return left.length > 0 ? PLACES[kind](left.shift()) : place;
    });
    return [filled, ...left.map(shown)].join(' ');
  };
  inside.format = format;

  const deprecate = (callable) => {
    isFunction(callable, 'fn');
    return callable;
  };
  const debuglog = () => Object.assign(() => {}, { enabled: false });
  const inspect = (value) => host.inspect(value);
  inspect.custom = Symbol.for('nodejs.util.inspect.custom');
  inspect.defaultOptions = {};

  const types = {};
  for (const name of TYPES.split(' ')) types[name] = (value) => host.is(name, value);

  inside.util = {
    TextDecoder,
    TextEncoder,
    aborted: async (signal) => {
      signalled(signal);
      if (signal.aborted) return;
      await new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
    callbackify,
    debug: debuglog,
    debuglog,
    deprecate,
    format,
    inherits,
    inspect,
    isArray: Array.isArray,
    isDeepStrictEqual,
    promisify,
    stripVTControlCharacters: (text) => `${text}`.replace(/\u001b\[[0-9;]*[A-Za-z]/g, ''),
    toUSVString: (text) => `${text}`.toWellFormed(),
    types,
  };
};
