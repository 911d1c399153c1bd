// `performance`: marks and measures, by the grader's clock.
(inside) => {
  'use strict';

  const { host, coded } = inside;
  const OWN = Symbol('own');
  const ORIGIN = host.epoch() - host.monotonic();
  let entries = [];

  class PerformanceEntry {
    constructor(own, name, entryType, startTime, duration, detail) {
      if (own !== OWN) throw coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
      Object.assign(this, { name, entryType, startTime, duration, detail });
    }
    toJSON() {
      return { ...this };
    }
  }
  const timed = (at) => {
    if (at >= 0) return Number(at);
    throw coded(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP', `${at} is not a valid timestamp`);
  };
  class PerformanceMark extends PerformanceEntry {
    constructor(name, options) {
      const copied = structuredClone(options?.detail ?? null);
      super(OWN, `${name}`, 'mark', timed(options?.startTime ?? host.monotonic()), 0, copied);
    }
  }
  class PerformanceMeasure extends PerformanceEntry {}

  // What a mark's name or a number means.
  const when = (given, other) => {
    if (given === undefined) return other();
    if (typeof given === 'number') return timed(given);
    const found = entries.findLast((one) => one.entryType === 'mark' && one.name === `${given}`);
    if (found === undefined) {
      throw new DOMException(`The "${given}" performance mark has not been set`, 'SyntaxError');
    }
    return found.startTime;
  };
  const kept = (entry) => {
    entries.push(entry);
    return entry;
  };
  // In the order in which they began.
  const chosen = (isChosen) => entries.filter(isChosen).sort((one, other) => one.startTime - other.startTime);
  const cleared = (type, name) => {
    entries = entries.filter((one) => one.entryType !== type || (name !== undefined && one.name !== `${name}`));
  };

  class Performance extends EventTarget {
    get timeOrigin() {
      return ORIGIN;
    }
    now() {
      return host.monotonic();
    }
    mark(name, options) {
      return kept(new PerformanceMark(name, options));
    }
    measure(name, given, endMark) {
      const options = typeof given === 'object' && given !== null ? given : { start: given, end: endMark };
      const { duration } = options;
      const end = when(options.end, () => (duration === undefined || options.start === undefined ? host.monotonic() : when(options.start) + duration));
      const start = when(options.start, () => (duration === undefined ? 0 : end - duration));
      return kept(new PerformanceMeasure(OWN, `${name}`, 'measure', start, end - start, structuredClone(options.detail ?? null)));
    }
    clearMarks(name) {
      cleared('mark', name);
    }
    clearMeasures(name) {
      cleared('measure', name);
    }
    getEntries() {
      return chosen(() => true);
    }
    getEntriesByName(name, type) {
      return chosen((one) => one.name === `${name}` && (type === undefined || one.entryType === type));
    }
    getEntriesByType(type) {
      return chosen((one) => one.entryType === type);
    }
    toJSON() {
      return { timeOrigin: ORIGIN, nodeTiming: {} };
    }
    timerify(callable) {
      return callable;
    }
  }

  const performance = new Performance();
  inside.offer({ performance, PerformanceEntry, PerformanceMark, PerformanceMeasure });
  // Runs begin without entries.
  inside.clearEntries = () => {
    entries = [];
  };
};
