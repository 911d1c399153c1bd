// Data as browsers and Node have it: copies, bytes of a text, addresses.
//
// What is long to write and short to say, the host does: texts go there and come back.
(inside) => {
  'use strict';

  const { host, coded } = inside;
  const { parse, stringify } = JSON;
  const { fromCharCode } = String;
  const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  const uncloneable = (value) => {
    const kind = typeof value === 'object' ? `#<${value.constructor?.name ?? 'Object'}>` : String(value);
    return new DOMException(`${kind} could not be cloned.`, 'DataCloneError');
  };

  // The copy of an object before anything is in it.
  const emptied = (value, copy) => {
    switch (host.kind(value)) {
      case 'Map':
        return new Map();
      case 'Set':
        return new Set();
      case 'Date':
        return new Date(value.getTime());
      case 'RegExp':
        return new RegExp(value.source, value.flags);
      case 'Boxed':
        if (typeof value.valueOf() === 'symbol') throw uncloneable(value);
        return Object(value.valueOf());
      case 'Error': {
        const made = new (ERRORS[value.name] ?? Error)(value.message);
        Object.defineProperty(made, 'stack', { value: value.stack, configurable: true, writable: true });
        return made;
      }
      case 'ArrayBuffer':
        return value.slice(0);
      case 'View':
        return new (value instanceof DataView ? DataView : globalThis[value[Symbol.toStringTag]])(
          copy(value.buffer),
          value.byteOffset,
          value.length ?? value.byteLength,
        );
      case 'Other':
        throw uncloneable(value);
      default:
        return Array.isArray(value) ? new Array(value.length) : {};
    }
  };
  const FULL = ['Date', 'RegExp', 'Boxed', 'ArrayBuffer', 'View'];
  const structuredClone = (given, options) => {
    const made = new Map();
    const copy = (value) => {
      if (typeof value === 'symbol' || typeof value === 'function') throw uncloneable(value);
      if (typeof value !== 'object' || value === null) return value;
      if (made.has(value)) return made.get(value);
      const copied = emptied(value, copy);
      made.set(value, copied);
      const kind = host.kind(value);
      if (FULL.includes(kind)) return copied;
      if (kind === 'Map') for (const [key, held] of [...value]) copied.set(copy(key), copy(held));
      else if (kind === 'Set') for (const held of [...value]) copied.add(copy(held));
      else if (kind === 'Error') {
        if (Object.hasOwn(value, 'cause')) Object.defineProperty(copied, 'cause', { value: copy(value.cause), configurable: true, writable: true });
      } else for (const key of Object.keys(value)) copied[key] = copy(value[key]);
      return copied;
    };
    if ([...(options?.transfer ?? [])].length > 0) throw new DOMException('nothing is transferred here; copy it', 'DataCloneError');
    return copy(given);
  };

  // Bytes as a text with a character for each, and back.
  const bytes = (text) => Uint8Array.from(text, (one) => one.charCodeAt(0));
  const text = (given) => {
    if (given === undefined) return '';
    const isView = ArrayBuffer.isView(given);
    if (!isView && host.kind(given) !== 'ArrayBuffer') {
      throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "list" argument must be an instance of ArrayBuffer or ArrayBufferView.');
    }
    const all = isView ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given);
    let made = '';
    for (const one of all) made += fromCharCode(one);
    return made;
  };

  class TextEncoder {
    get encoding() {
      return 'utf-8';
    }
    encode(given = '') {
      return bytes(host.encoded(`${given}`));
    }
    encodeInto(given, into) {
      let read = 0;
      let written = 0;
      for (const one of `${given}`) {
        const all = bytes(host.encoded(one));
        if (written + all.length > into.length) break;
        into.set(all, written);
        written += all.length;
        read += one.length;
      }
      return { read, written };
    }
  }

  // How many bytes at the end are a character that has more to come.
  const openAtEnd = (all) => {
    for (let back = 1; back <= 3 && back <= all.length; back += 1) {
      const byte = all.charCodeAt(all.length - back);
      if (byte < 0x80) return 0;
      if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    }
    return 0;
  };
  class TextDecoder {
    #encoding;
    #fatal;
    #ignoreBOM;
    #rest = '';
    #hasBegun = false;
    constructor(label = 'utf-8', options) {
      this.#encoding = host.encoding(`${label}`);
      if (this.#encoding === '') throw coded(RangeError, 'ERR_ENCODING_NOT_SUPPORTED', `The "${label}" encoding is not supported`);
      this.#fatal = Boolean(options?.fatal);
      this.#ignoreBOM = Boolean(options?.ignoreBOM);
    }
    get encoding() {
      return this.#encoding;
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#ignoreBOM;
    }
    decode(given, options) {
      const goesOn = Boolean(options?.stream);
      let all = this.#rest + text(given);
      const open = goesOn && this.#encoding === 'utf-8' ? openAtEnd(all) : 0;
      this.#rest = all.slice(all.length - open);
      all = all.slice(0, all.length - open);
      const made = host.decoded(all, this.#encoding, this.#fatal, this.#ignoreBOM || this.#hasBegun);
      this.#hasBegun = goesOn && (this.#hasBegun || all !== '');
      if (made === null) {
        throw coded(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA', `The encoded data was not valid for encoding ${this.#encoding}`);
      }
      return made;
    }
  }

  const characters = (how) => (given) => {
    const made = how(`${given}`);
    if (made === null) throw new DOMException('Invalid character', 'InvalidCharacterError');
    return made;
  };

  // What changes the parameters of an address.
  let follows;

  class URLSearchParams {
    #pairs = [];
    #changed = () => {};
    constructor(given = '') {
      if (typeof given === 'object' && given !== null) {
        const pairs = Symbol.iterator in given ? [...given] : Object.entries(given);
        this.#pairs = pairs.map(([name, value]) => [`${name}`, `${value}`]);
      } else {
        this.#pairs = parse(host.query(`${given}`));
      }
    }
    static {
      follows = (params, search, changed) => {
        params.#pairs = parse(host.query(search));
        params.#changed = changed;
      };
    }
    get size() {
      return this.#pairs.length;
    }
    append(name, value) {
      this.#pairs.push([`${name}`, `${value}`]);
      this.#changed();
    }
    delete(name, ...value) {
      const isOther = ([one, held]) => one !== `${name}` || (value.length > 0 && held !== `${value[0]}`);
      this.#pairs = this.#pairs.filter(isOther);
      this.#changed();
    }
    get(name) {
      return this.#pairs.find(([one]) => one === `${name}`)?.[1] ?? null;
    }
    getAll(name) {
      return this.#pairs.filter(([one]) => one === `${name}`).map(([, value]) => value);
    }
    has(name, ...value) {
      return this.#pairs.some(([one, held]) => one === `${name}` && (value.length === 0 || held === `${value[0]}`));
    }
    set(name, value) {
      const found = this.#pairs.find(([one]) => one === `${name}`);
      if (found === undefined) return this.append(name, value);
      found[1] = `${value}`;
      this.#pairs = this.#pairs.filter((pair) => pair === found || pair[0] !== found[0]);
      this.#changed();
      return undefined;
    }
    sort() {
      this.#pairs.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
      this.#changed();
    }
    forEach(callback, self) {
      for (const [name, value] of this.#pairs) callback.call(self, value, name, this);
    }
    *entries() {
      for (const [name, value] of this.#pairs) yield [name, value];
    }
    *keys() {
      for (const [name] of this.#pairs) yield name;
    }
    *values() {
      for (const [, value] of this.#pairs) yield value;
    }
    [Symbol.iterator]() {
      return this.entries();
    }
    toString() {
      return host.queried(stringify(this.#pairs));
    }
  }

  const PARTS = ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
  let partOf;
  let change;

  class URL {
    #parts;
    #params;
    constructor(given, base) {
      const found = host.address(`${given}`, base === undefined ? undefined : `${base}`);
      if (found === '') {
        throw Object.assign(coded(TypeError, 'ERR_INVALID_URL', 'Invalid URL'), { input: `${given}` });
      }
      this.#parts = parse(found);
    }
    static {
      partOf = (url, name) => url.#parts[name];
      change = (url, name, value) => {
        const found = host.changed(url.#parts.href, name, `${value}`);
        if (found === '') throw coded(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
        url.#parts = parse(found);
      };
    }
    static canParse(given, base) {
      return host.address(`${given}`, base === undefined ? undefined : `${base}`) !== '';
    }
    get searchParams() {
      if (this.#params === undefined) {
        this.#params = new URLSearchParams();
        this.#follow();
      }
      return this.#params;
    }
    #follow() {
      follows(this.#params, this.#parts.search, () => change(this, 'search', `${this.#params}`));
    }
    get href() {
      return this.#parts.href;
    }
    set href(value) {
      change(this, 'href', value);
      if (this.#params !== undefined) this.#follow();
    }
    get origin() {
      return this.#parts.origin;
    }
    toString() {
      return this.#parts.href;
    }
    toJSON() {
      return this.#parts.href;
    }
  }
  for (const name of PARTS) {
    Object.defineProperty(URL.prototype, name, {
      get() {
        return partOf(this, name);
      },
      set(value) {
        if (name === 'search') this.href = `${parse(host.changed(this.href, name, `${value}`)).href}`;
        else change(this, name, value);
      },
      enumerable: true,
      configurable: true,
    });
  }

  const globals = { TextDecoder, TextEncoder, URL, URLSearchParams };
  for (const [name, one] of Object.entries(globals)) {
    Object.defineProperty(one.prototype, Symbol.toStringTag, { value: name, configurable: true });
  }
  inside.offer({ ...globals, structuredClone, atob: characters(host.atob), btoa: characters(host.btoa) });
};
