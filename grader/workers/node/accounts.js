// The world of the bank: the kit's balances, answered by the grader.
(inside, kit) => {
  'use strict';

  // A handle to the run's bank.
  const bank = (run) => {
    const send = (kind, ...given) => {
      for (const one of given) inside.mustBeNumber(one, kind);
      return inside.operation(run.number, kind, given, (ending) => {
        if (ending[0] === 'ok') return ending[2];
        throw new kit.BankUnavailable();
      });
    };
    return Object.assign(new kit.Bank(), { _ask: send });
  };

  // What a call returned, as the grader is told.
  const balance = (value) => (typeof value === 'number' || typeof value === 'bigint' ? value : inside.odd(value, 'a balance'));

  // An error's name in the protocol, if it is the bank's.
  const named = (error) => (error instanceof kit.BankUnavailable ? ['unavailable', []] : null);

  return { bank, balance, named };
};
