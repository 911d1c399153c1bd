// Events, their targets, and signals that call something off, as browsers and Node have them.
(inside) => {
  'use strict';

  const { host, coded, signalled } = inside;
  const { captureStackTrace } = Error;

  const CODES = {
    IndexSizeError: 1, NotFoundError: 8, NotSupportedError: 9, InvalidStateError: 11, SyntaxError: 12,
    InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19, AbortError: 20,
    QuotaExceededError: 22, TimeoutError: 23, InvalidCharacterError: 5, DataCloneError: 25,
  };

  class DOMException extends Error {
    #name = 'Error';
    constructor(message = '', options = 'Error') {
      super(`${message}`);
      if (typeof options === 'object' && options !== null) {
        this.#name = `${options.name ?? 'Error'}`;
        if ('cause' in options) Object.defineProperty(this, 'cause', { value: options.cause, configurable: true, writable: true });
      } else {
        this.#name = `${options}`;
      }
      captureStackTrace(this, DOMException);
    }
    get name() {
      return #name in this ? this.#name : 'Error';
    }
    get code() {
      return CODES[this.name] ?? 0;
    }
  }

  // What the classes below do to an event that no one else may.
  let events;

  class Event {
    #type;
    #options;
    #target = null;
    #current = null;
    #isPrevented = false;
    #isStopped = false;
    #isTrusted = false;
    #isGoing = false;
    #at = host.monotonic();
    constructor(type, options) {
      if (arguments.length === 0) throw coded(TypeError, 'ERR_MISSING_ARGS', 'The "type" argument must be specified');
      this.#type = `${type}`;
      this.#options = {
        bubbles: Boolean(options?.bubbles),
        cancelable: Boolean(options?.cancelable),
        composed: Boolean(options?.composed),
      };
    }
    static {
      events = {
        is: (value) => typeof value === 'object' && value !== null && #type in value,
        isGoing: (event) => event.#isGoing,
        isStopped: (event) => event.#isStopped,
        trusts: (event) => {
          event.#isTrusted = true;
          return event;
        },
        begins: (event, target) => {
          event.#target = event.#current = target;
          event.#isGoing = true;
        },
        ends: (event) => {
          event.#current = null;
          event.#isGoing = event.#isStopped = false;
        },
      };
    }
    get type() {
      return this.#type;
    }
    get target() {
      return this.#target;
    }
    get srcElement() {
      return this.#target;
    }
    get currentTarget() {
      return this.#current;
    }
    get eventPhase() {
      return this.#isGoing ? 2 : 0;
    }
    get bubbles() {
      return this.#options.bubbles;
    }
    get cancelable() {
      return this.#options.cancelable;
    }
    get composed() {
      return this.#options.composed;
    }
    get isTrusted() {
      return this.#isTrusted;
    }
    get timeStamp() {
      return this.#at;
    }
    get defaultPrevented() {
      return this.#isPrevented;
    }
    get returnValue() {
      return !this.#isPrevented;
    }
    composedPath() {
      return this.#isGoing ? [this.#current] : [];
    }
    preventDefault() {
      if (this.#options.cancelable) this.#isPrevented = true;
    }
    stopPropagation() {}
    stopImmediatePropagation() {
      this.#isStopped = true;
    }
  }
  const PHASES = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };
  Object.assign(Event, PHASES);

  class CustomEvent extends Event {
    #detail;
    constructor(type, options) {
      super(type, options);
      this.#detail = options?.detail ?? null;
    }
    get detail() {
      return this.#detail;
    }
  }

  // What a listener throws would end a Node process, but reaches the others first.
  const raise = (error) =>
    host.tick(() =>
      inside.run(() => {
        throw error;
      }),
    );

  // How many listeners a target has, and what they are.
  let listenersOf;

  class EventTarget {
    #listeners = new Map();
    static {
      listenersOf = (target, type) => target.#listeners.get(type) ?? [];
    }
    addEventListener(type, callback, options) {
      if (callback === null || callback === undefined) return;
      if (typeof callback !== 'function' && typeof callback !== 'object') {
        throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "listener" argument must be an instance of EventListener');
      }
      const given = typeof options === 'object' && options !== null ? options : { capture: options };
      const { signal } = given;
      if (signal?.aborted) return;
      const name = `${type}`;
      const isCapture = Boolean(given.capture);
      const all = this.#listeners.get(name) ?? [];
      if (all.some((one) => one.callback === callback && one.isCapture === isCapture)) return;
      all.push({ callback, isCapture, isOnce: Boolean(given.once), isGone: false });
      this.#listeners.set(name, all);
      signal?.addEventListener('abort', () => this.removeEventListener(name, callback, given), { once: true });
    }
    removeEventListener(type, callback, options) {
      const name = `${type}`;
      const isCapture = Boolean(typeof options === 'object' && options !== null ? options.capture : options);
      const all = this.#listeners.get(name) ?? [];
      const at = all.findIndex((one) => one.callback === callback && one.isCapture === isCapture);
      if (at < 0) return;
      all[at].isGone = true;
      all.splice(at, 1);
      if (all.length === 0) this.#listeners.delete(name);
    }
    dispatchEvent(event) {
      if (!events.is(event)) {
        throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "event" argument must be an instance of Event');
      }
      if (events.isGoing(event)) throw coded(Error, 'ERR_EVENT_RECURSION', `The event "${event.type}" is already being dispatched`);
      events.begins(event, this);
      for (const one of [...(this.#listeners.get(event.type) ?? [])]) {
        if (one.isGone) continue;
        if (one.isOnce) this.removeEventListener(event.type, one.callback, { capture: one.isCapture });
        try {
          const { callback } = one;
          const made = typeof callback === 'function' ? callback.call(this, event) : callback.handleEvent(event);
          if (typeof made?.then === 'function') made.then(undefined, raise);
        } catch (error) {
          raise(error);
        }
        if (events.isStopped(event)) break;
      }
      events.ends(event);
      return !event.defaultPrevented;
    }
  }

  // Nobody but the classes below makes a signal.
  const OWN = Symbol('own');
  // Signals that follow others and have listeners: nobody else may hold them.
  const followers = new Set();
  const later = setTimeout;
  let signals;

  class AbortSignal extends EventTarget {
    #isAborted = false;
    #reason;
    #sources = [];
    #followers = new Set();
    #onabort = null;
    constructor(own) {
      if (own !== OWN) throw coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
      super();
    }
    static {
      signals = {
        is: (value) => typeof value === 'object' && value !== null && #sources in value,
        abort: (signal, reason) => signal.#abort(reason),
      };
    }
    static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
      const signal = new AbortSignal(OWN);
      signal.#isAborted = true;
      signal.#reason = reason;
      return signal;
    }
    static timeout(delay) {
      const signal = new AbortSignal(OWN);
      later(() => signal.#abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')), delay);
      return signal;
    }
    static any(sources) {
      const all = [...sources];
      for (const source of all) signalled(source);
      const aborted = all.find((source) => source.aborted);
      if (aborted !== undefined) return AbortSignal.abort(aborted.reason);
      const signal = new AbortSignal(OWN);
      const held = new WeakRef(signal);
      for (const source of all) {
        for (const one of source.#followers) if (one.deref() === undefined) source.#followers.delete(one);
        source.#followers.add(held);
      }
      signal.#sources = all;
      return signal;
    }
    get aborted() {
      return this.#isAborted;
    }
    get reason() {
      return this.#reason;
    }
    throwIfAborted() {
      if (this.#isAborted) throw this.#reason;
    }
    get onabort() {
      return this.#onabort;
    }
    set onabort(callback) {
      if (this.#onabort !== null) this.removeEventListener('abort', this.#onabort);
      this.#onabort = typeof callback === 'function' ? callback : null;
      if (this.#onabort !== null) this.addEventListener('abort', this.#onabort);
    }
    addEventListener(type, callback, options) {
      super.addEventListener(type, callback, options);
      if (this.#sources.length > 0 && !this.#isAborted) followers.add(this);
    }
    removeEventListener(type, callback, options) {
      super.removeEventListener(type, callback, options);
      if (listenersOf(this, 'abort').length === 0) followers.delete(this);
    }
    #abort(reason) {
      if (this.#isAborted) return;
      this.#isAborted = true;
      this.#reason = reason;
      const later = [...this.#followers];
      this.#followers.clear();
      followers.delete(this);
      this.dispatchEvent(events.trusts(new Event('abort')));
      for (const one of later) one.deref()?.#abort(reason);
    }
  }

  class AbortController {
    #signal = new AbortSignal(OWN);
    get signal() {
      return this.#signal;
    }
    abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
      signals.abort(this.#signal, reason);
    }
  }

  const globals = { AbortController, AbortSignal, CustomEvent, DOMException, Event, EventTarget };
  for (const [name, one] of Object.entries(globals)) {
    Object.defineProperty(one.prototype, Symbol.toStringTag, { value: name, configurable: true });
  }
  inside.offer(globals);
  inside.web = { EventTarget, isTarget: (value) => value instanceof EventTarget, isSignal: signals.is, listenersOf };
};
