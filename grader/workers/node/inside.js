// The realm's first lines: callers, operations, and what is told of errors. It keeps what it
// needs before any line of the submission runs.
//
// `host` is the puppet's side. Nothing of it is ever handed to the submission.
(host) => {
  'use strict';

  const { parse } = JSON;
  const { apply } = Reflect;
  const RealPromise = Promise;
  const RealError = Error;
  const runs = new Map();
  const { get, set } = Map.prototype;
  const forget = Map.prototype.delete;
  const runOf = (number) => apply(get, runs, [number]);
  const inside = { host, contract: null, file: '' };

  // Begins an operation of a run and waits for its answer.
  inside.operation = async (number, kind, given) => {
    let operation = 0;
    const ending = await new RealPromise((resolve) => {
      operation = host.begin(number, kind, given, resolve);
    });
    host.delivered(number, operation);
    if (ending[0] === 'panic') throw new RealError('the database driver crashed');
    return ending;
  };

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
      host.returned(run.number, call, value);
      return;
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

  inside.required = (body, found) => {
    const module = { exports: {} };
    apply(body, module.exports, [module, module.exports, (name) => found(name)]);
    return module.exports;
  };

  // An error in one line, with its place in the submission.
  inside.describe = (error) => {
    try {
      if (!(error instanceof RealError)) return `${host.inspect(error)} was thrown, which is not an error`;
      const text = `${error.name}: ${error.message}`;
      const place = placeOf(`${error.stack}`);
      return place === '' || text.includes(place) ? text : `${text} (${place})`;
    } catch {
      return 'an error that cannot be shown';
    }
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
      return lines.filter(isOwn).join('\n');
    } catch {
      return inside.describe(error);
    }
  };

  return inside;
};
