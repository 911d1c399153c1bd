// The world of items that are read in bulk, answered by the grader.
(inside, kit) => {
  'use strict';

  // A handle to the run's items.
  const bulk = (run) => {
    const load = (ids) => {
      for (const one of ids) inside.mustBeNumber(one, 'load');
      return inside.operation(run.number, 'load', ids, (ending) => {
        if (ending[0] === 'ok') {
          return ending[2].map((item) => (item === null ? null : new kit.Item(item[0], item[1])));
        }
        throw ending[1] === 'too_many' ? new kit.TooMany() : new kit.BulkUnavailable();
      });
    };
    return Object.assign(new kit.Bulk(), { _ask: load });
  };

  // Tells that a caller's call is about to be made.
  const polled = (run) => inside.host.noted(run.number, 'polled');

  // What a call returned, as the grader is told.
  const item = (value) => {
    if (value === null) return null;
    if (!(value instanceof kit.Item)) return inside.odd(value, 'an `Item` or `null`');
    return [value.id, typeof value.text === 'string' ? value.text : null];
  };

  // An error's name in the protocol, if it is one of the kit's.
  const named = (error) => {
    if (error instanceof kit.TooMany) return ['too_many', []];
    if (error instanceof kit.BulkUnavailable) return ['unavailable', []];
    return null;
  };

  return { bulk, polled, item, named };
};
