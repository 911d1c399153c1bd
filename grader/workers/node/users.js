// The world of users: the kit's database, answered by the grader.
(inside, kit) => {
  'use strict';

  // A handle to the run's database, through which so many fetches have begun before.
  const database = (run, fetches = 0) => {
    const fetch = (id) => {
      inside.mustBeNumber(id, 'fetchUser');
      return inside.operation(run.number, 'fetch_user', [id], (ending) => {
        if (ending[0] === 'ok') return new kit.User(id, ending[2]);
        throw ending[1] === 'not_found' ? new kit.NotFound(id) : new kit.Unavailable();
      });
    };
    return Object.assign(new kit.Db(), { _ask: fetch, _fetches: fetches });
  };

  // What a call returned, as the grader is told.
  const row = (user) => {
    if (!(user instanceof kit.User)) return inside.odd(user, 'a `User`');
    return [user.id, typeof user.name === 'string' ? user.name : null];
  };

  // An error's name in the protocol, if it is one of the kit's.
  const named = (error) => {
    if (error instanceof kit.NotFound) return ['not_found', [error.userId]];
    if (error instanceof kit.Unavailable) return ['unavailable', []];
    return null;
  };

  return { database, row, named };
};
