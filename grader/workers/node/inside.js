// The realm's first lines: callers, operations, and what is told of errors. It keeps what it
// needs before any line of the submission runs.
//
// `outside` is the puppet's side. Nothing of it is ever handed to the submission, nor an error
// that is thrown there.
(outside) => {
  'use strict';

  const { parse } = JSON;
  const { apply } = Reflect;
  const RealRangeError = RangeError;
  // As usual: the worker's own realm is started with more.
  Error.stackTraceLimit = 10;
  // For those that call nothing of the submission's.
  const guarded = (named) => {
    const made = Object.create(null);
    for (const name of Object.keys(named)) {
      const call = named[name];
      made[name] = (...given) => {
        try {
          return apply(call, undefined, given);
        } catch {
          throw new RealRangeError('Maximum call stack size exceeded');
        }
      };
    }
    return made;
  };
  const host = guarded(outside);
  const RealPromise = Promise;
  const RealError = Error;
  const runs = new Map();
  const { get, set } = Map.prototype;
  const forget = Map.prototype.delete;
  const runOf = (number) => apply(get, runs, [number]);
  const inside = { host, guarded, contract: null, file: '' };

  inside.bare = () => Object.create(null);

  // An error as Node makes it, with a code.
  inside.coded = (Type, code, message) => Object.assign(new Type(message), { code });

  inside.signalled = (signal) => {
    if (inside.web.isSignal(signal)) return signal;
    throw inside.coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "signal" argument must be an instance of AbortSignal');
  };

  // Begins an operation of a run: a promise of what `read` makes of its answer. It is settled as
  // the answer comes, so that a submission goes on as soon as with the kit alone.
  inside.operation = (number, kind, given, read) =>
    new RealPromise((resolve, reject) => {
      let operation = 0;
      operation = host.begin(number, kind, given, (ending) => {
        host.delivered(number, operation);
        try {
          if (ending[0] === 'panic') throw new RealError('the database driver crashed');
          resolve(read(ending));
        } catch (error) {
          reject(error);
        }
      });
    });

  inside.answer = (resolve, how, name, text) => resolve([how, name, parse(text)]);

  // Runs a callback; what it throws would end a Node process.
  inside.run = (callback) => {
    try {
      callback();
    } catch (error) {
      host.broke(`nobody caught an exception, which ends a Node process: ${inside.describe(error)}`);
    }
  };

  // Makes a call, and makes it once more if that is asked for.
  const serve = async (run, number, entry, given) => {
    let call = number;
    while (call > 0) {
      let value;
      try {
        host.enter(run.number, call);
        let made;
        try {
          made = inside.contract.call(run, entry, given);
        } finally {
          host.leave(run.number);
        }
        value = inside.contract.told(await made);
      } catch (error) {
        call = failed(run.number, call, error);
        continue;
      }
      call = host.returned(run.number, call, value);
    }
  };

  const failed = (number, call, error) => {
    const named = inside.contract.named(error);
    if (named !== null) return host.failed(number, call, named[0], named[1]);
    host.threw(number, call, inside.describe(error));
    return 0;
  };

  inside.call = (number, call, entry, given) => {
    const run = runOf(number);
    if (run === undefined || run.instance === undefined) return;
    serve(run, call, entry, [...given]);
  };

  inside.open = (number, module) => {
    apply(set, runs, [number, { number, module, instance: undefined }]);
  };
  inside.forget = (number) => {
    apply(forget, runs, [number]);
  };
  inside.discard = (number) => {
    const run = runOf(number);
    if (run !== undefined) run.instance = undefined;
  };
  inside.hasInstance = (number) => {
    const run = runOf(number);
    return run === undefined || run.instance !== undefined;
  };

  // Makes a run's instance. Returns what it lacks, if it lacks something.
  inside.make = (number, given) => {
    const run = runOf(number);
    const { contract } = inside;
    let instance;
    try {
      instance = contract.make(run, given);
    } catch (error) {
      host.broke(inside.describe(error));
      return undefined;
    }
    for (const method of contract.methods) {
      if (typeof instance[method] !== 'function') {
        return `class \`${contract.offers[0]}\` has no method \`${method}\`, which the drill calls`;
      }
    }
    run.instance = instance;
    return undefined;
  };

  // What a module does not export, if it lacks something.
  inside.missing = (module) => {
    const { contract } = inside;
    const kind = (name) => {
      try {
        return typeof module[name];
      } catch {
        return undefined;
      }
    };
    for (const name of contract.offers) {
      if (kind(name) !== 'function') {
        const what = name === contract.offers[0] ? 'class' : 'function';
        return `exports no ${what} \`${name}\`, which the drill calls`;
      }
    }
    return undefined;
  };

  // What could not be imported: the submission may catch it, and its author is told.
  const refusals = new WeakSet();
  const { add, has } = WeakSet.prototype;
  inside.refusal = (message) => {
    const error = inside.coded(RealError, 'MODULE_NOT_FOUND', message);
    apply(add, refusals, [error]);
    return error;
  };
  inside.isRefusal = (error) => typeof error === 'object' && error !== null && apply(has, refusals, [error]);

  const found = (among, text) => {
    const why = host.lacking(text);
    if (why !== '') throw inside.refusal(why);
    return among[text.startsWith('node:') ? text.slice(5) : text] ?? inside.namespaces.kit;
  };
  const require = (name) => found(inside.modules, `${name}`);

  // Runs a file of CommonJS.
  inside.required = (body) => {
    const module = { exports: {} };
    apply(body, module.exports, [module.exports, require, module, `/${inside.file}`, '/']);
    return module.exports;
  };

  // What a value is, in a few words, for who wanted another.
  inside.kind = (value) => {
    if (typeof value === 'string') return `the text ${host.inspect(value.slice(0, 40))}`;
    if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
    if (typeof value === 'function') return 'a function';
    if (typeof value === 'symbol') return 'a symbol';
    if (typeof value !== 'object' || value === null) return `\`${value}\``;
    if (host.is('isPromise', value)) return 'a promise: is an `await` missing?';
    if (host.is('isNativeError', value)) return 'an error, which was not thrown';
    if (Array.isArray(value)) return 'an array';
    if (host.is('isMap', value)) return 'a map';
    return Object.getPrototypeOf(value) === Object.prototype ? 'a plain object' : 'another object';
  };

  // What a call returned in place of what was wanted.
  inside.odd = (value, wanted) => {
    const what = inside.kind(value);
    return [what.includes('?') ? what : `${what}, not ${wanted}`];
  };

  inside.mustBeNumber = (value, method) => {
    if (typeof value === 'number' || typeof value === 'bigint') return;
    throw new TypeError(`\`${method}\` takes a number, and was given ${inside.kind(value)}`);
  };

  const LONGEST_MESSAGE = 1000;

  // An error in one line, with its place in the submission.
  inside.describe = (error) => {
    try {
      if (!(error instanceof RealError)) return `${host.inspect(error)} was thrown, which is not an error`;
      const message = `${error.name}: ${error.message}`.slice(0, LONGEST_MESSAGE);
      const text = `${message}${inside.advice(error)}`;
      const place = placeOf(`${error.stack}`);
      return place === '' || text.includes(place) ? text : `${text} (${place})`;
    } catch {
      return 'an error that cannot be shown';
    }
  };

  // What Node has under a name that is not defined here.
  const NOT_OFFERED =
    'Blob Buffer ByteLengthQueuingStrategy BroadcastChannel Crypto CryptoKey File FormData Headers MessageChannel MessageEvent MessagePort Navigator PerformanceObserver ReadableStream Request Response SharedArrayBuffer SubtleCrypto Atomics TransformStream WebAssembly WebSocket WritableStream crypto fetch navigator localStorage sessionStorage';
  const notOffered = NOT_OFFERED.split(' ');
  inside.advice = (error) => {
    const name = /^(\w+) is not defined$/.exec(`${error?.message}`)?.[1];
    if (name === undefined) return '';
    if (name === 'require' || name === 'module' || name === 'exports') {
      return `; the file is read as an ES module, because it has \`import\`, \`export\` or a top-level \`await\``;
    }
    return notOffered.includes(name) ? `; Node has it, but \`${name}\` is not offered here` : '';
  };

  const placeOf = (stack) => {
    const at = stack.indexOf(`${inside.file}:`);
    if (inside.file === '' || at < 0) return '';
    const rest = stack.slice(at + inside.file.length + 1);
    const line = parseInt(rest, 10);
    return line > 0 ? `${inside.file}:${line}` : '';
  };

  // An error that kept the submission from being loaded, as Node shows it.
  inside.whole = (error, file) => {
    try {
      const lines = `${error?.stack ?? host.inspect(error)}`.split('\n');
      const isOwn = (line) => !/^\s+at /.test(line) || line.includes(file);
      lines[0] += inside.advice(error);
      return lines.filter(isOwn).join('\n');
    } catch {
      return inside.describe(error);
    }
  };

  return inside;
};
