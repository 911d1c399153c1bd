// The realm that the submission lives in: a context of its own, whose globals and prototypes
// are not the puppet's. Numbers, texts and functions without a prototype are all that the
// puppet hands in.
'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { inspect, types } = require('node:util');
const { writeSync } = require('node:fs');
const vm = require('node:vm');

// Where the clocks stand when a run begins, in milliseconds.
const EPOCH = 1_700_000_000_000;
const BEGAN = 1_000;

// What `structuredClone` treats each in its own way.
const KINDS = [
  ['Map', types.isMap],
  ['Set', types.isSet],
  ['Date', types.isDate],
  ['RegExp', types.isRegExp],
  ['Boxed', types.isBoxedPrimitive],
  ['Error', types.isNativeError],
  ['ArrayBuffer', types.isAnyArrayBuffer],
  ['View', types.isArrayBufferView],
  ['Other', (value) => types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || types.isProxy(value)],
];

// The parts of an address, and what changes them.
const ADDRESS = 'href origin protocol username password host hostname port pathname search hash'.split(' ');

exports.Realm = class Realm {
  constructor(given, puppet) {
    this.context = vm.createContext(Object.create(null), { name: 'submission' });
    const run = (name, text) => vm.runInContext(text, this.context, { filename: `${name}.js` });
    this.inside = run('inside', given.realm.inside)(bare(functions(puppet)));
    for (const name of ['globals', 'web', 'data', 'performance', 'events', 'util']) {
      run(name, given.realm[name])(this.inside);
    }
    this.inside.modules = run('modules', given.realm.modules)(this.inside);
    this.modules = new Map();
    for (const name of Object.keys(this.inside.modules)) this.modules.set(name, this.synthetic(name));
    this.kit = this.sourceText(given.kit, 'kit.mjs');
    evaluated(this.kit);
    this.inside.namespaces = Object.assign(this.inside.bare(), { kit: this.kit.namespace });
    for (const [name, module] of this.modules) this.inside.namespaces[name] = module.namespace;
    const worlds = {};
    for (const [name, text] of given.realm.worlds) worlds[name] = run(name, text)(this.inside, this.kit.namespace);
    this.inside.contract = run('contract', given.contract)({ ...worlds, inside: this.inside });
    this.inside.file = given.file;
  }

  sourceText(text, identifier, options) {
    return new vm.SourceTextModule(text, { context: this.context, identifier, ...options });
  }

  // A module of Node's that the realm has its own edition of.
  synthetic(name) {
    const offered = this.inside.modules[name];
    const names = Object.keys(offered);
    const module = new vm.SyntheticModule(
      ['default', ...names],
      () => {
        module.setExport('default', offered);
        for (const one of names) module.setExport(one, offered[one]);
      },
      { context: this.context, identifier: `node:${name}` },
    );
    evaluated(module);
    return module;
  }

  // The module that an import means, if it may be imported.
  found(specifier) {
    if (/^(.*\/)?kit(\.m?js)?$/.test(specifier)) return this.kit;
    return this.modules.get(specifier.replace(/^node:/, ''));
  }

  names() {
    return ['kit', ...[...this.modules.keys()].map((name) => `node:${name}`)];
  }

  seed(seed) {
    this.inside.seed(seed % 2 ** 31);
  }

  open(number, namespace) {
    this.inside.open(number, namespace);
  }

  hasInstance(number) {
    return this.inside.hasInstance(number);
  }

  discard(number) {
    this.inside.discard(number);
  }

  forget(number) {
    this.inside.forget(number);
  }
};

// Links a module that imports nothing, and evaluates it.
function evaluated(module) {
  const failed = (error) => {
    throw error;
  };
  module.link(failed);
  process._tickCallback();
  module.evaluate();
  process._tickCallback();
  if (module.status !== 'evaluated') failed(module.error ?? new Error(module.status));
}

// What the realm may ask of the puppet.
function functions(puppet) {
  const current = () => puppet.current;
  const age = () => (current()?.age ?? 0) / 1000;
  const of = (number) => puppet.runs.get(number);
  return {
    epoch: () => EPOCH + age(),
    monotonic: () => BEGAN + age(),
    enter: (run, call) => {
      const found = of(run);
      if (found !== undefined) found.caller = call;
    },
    leave: (run) => {
      const found = of(run);
      if (found !== undefined) found.caller = null;
    },
    begin: (run, kind, given, resolve) => of(run)?.begin(kind, given, resolve) ?? 0,
    noted: (run, kind) => of(run)?.noted(kind),
    delivered: (run, operation) => of(run)?.delivered(operation),
    returned: (run, call, value) => of(run)?.returned(call, value) ?? 0,
    failed: (run, call, name, given) => of(run)?.failed(call, name, given) ?? 0,
    threw: (run, call, message) => of(run)?.threw(call, message),
    broke: (message) => current()?.broke(message),
    timer: (callback, millis, repeats) => current().timer(callback, millis, repeats),
    clear: (number) => current().clear(number),
    immediate: (callback) => current().immediate(callback),
    tick: (callback) => process.nextTick(callback),
    microtask: (callback) => queueMicrotask(callback),
    print: (text) => print(`${text}\n`),
    inspect: (value) => inspect(value, { customInspect: false }),
    is: (name, value) => types[name](value),
    kind: (value) => KINDS.find(([, is]) => is(value))?.[0] ?? '',
    address: (text, base) => address(() => new URL(text, base)),
    changed: (text, name, value) => address(() => Object.assign(new URL(text), { [name]: value })),
    query: (text) => JSON.stringify([...new URLSearchParams(text)]),
    queried: (pairs) => new URLSearchParams(JSON.parse(pairs)).toString(),
    lacking: (specifier) => puppet.submission.lacking(specifier),
    encoded: (text) => Buffer.from(text).toString('latin1'),
    encoding: (label) => orElse('', () => new TextDecoder(label).encoding),
    decoded: (bytes, label, fatal, ignoreBOM) =>
      orElse(null, () => new TextDecoder(label, { fatal, ignoreBOM }).decode(Buffer.from(bytes, 'latin1'))),
    atob: (text) => orElse(null, () => atob(text)),
    btoa: (text) => orElse(null, () => btoa(text)),
    storage: () => {
      const storage = new AsyncLocalStorage();
      current()?.storages.push(storage);
      return bare({
        run: (store, callback) => storage.run(store, callback),
        exit: (callback) => storage.exit(callback),
        get: () => storage.getStore(),
        enter: (store) => storage.enterWith(store),
        disable: () => storage.disable(),
      });
    },
  };
}

function orElse(otherwise, make) {
  try {
    return make();
  } catch {
    return otherwise;
  }
}

// An address as a text with its parts; nothing where it is none.
function address(make) {
  return orElse('', () => {
    const url = make();
    return JSON.stringify(Object.fromEntries(ADDRESS.map((name) => [name, url[name]])));
  });
}

function print(text) {
  let bytes = Buffer.from(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(1, bytes));
  } catch {
    // Nobody reads it any more.
  }
}

// The functions without a way back to this realm's own constructors.
function bare(named) {
  const made = Object.create(null);
  for (const [name, made_of] of Object.entries(named)) {
    const one = (...given) => made_of(...given);
    Object.setPrototypeOf(one, null);
    made[name] = Object.freeze(one);
  }
  return Object.freeze(made);
}
