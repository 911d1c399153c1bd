// One run: the submission's instance, its callers, its operations, and its timers.
//
// The callers and operations live in the submission's realm (`inside.js`); here are their
// numbers, and what was seen of them.
'use strict';

const words = require('words');

// What a longer run was asked for is not kept, to be played again: see `Puppet`. Such a run is
// one of thousands of requests, and rests before any other has its turn.
const LONGEST_PLAYED_AGAIN = 1000;

exports.Run = class Run {
  constructor(number, realm) {
    this.number = number;
    this.realm = realm;
    this.journal = [];
    this.age = 0;
    this.begun = 0;
    this.operations = new Map();
    this.again = new Map();
    this.timers = [];
    this.timersMade = 0;
    // Callbacks that are due: of timers, then those of `setImmediate`.
    this.due = [];
    this.immediates = [];
    this.caller = null;
    // Says at which line of the submission an operation begins, if that is to be told.
    this.runsAt = null;
    this.isLost = false;
    this.isMuted = false;
    this.steps = [];
    // Its `AsyncLocalStorage`s: each costs every promise of the process some time.
    this.storages = [];
  }

  // What it leaves behind slows down no other run.
  over() {
    for (const storage of this.storages.splice(0)) storage.disable();
  }

  take() {
    const events = this.journal;
    this.journal = [];
    return events;
  }

  note(event) {
    if (!this.isMuted) this.journal.push(event);
  }

  broke(message) {
    this.note({ broke: { message: words.write(message) } });
  }

  keep(step) {
    this.steps?.push(step);
    if (this.steps?.length > LONGEST_PLAYED_AGAIN) this.steps = null;
  }

  // What the realm tells.

  begin(kind, given, resolve) {
    const operation = ++this.begun;
    this.operations.set(operation, resolve);
    const begun = { operation, kind };
    if (given.length > 0) begun.arguments = words.write(given);
    if (this.caller !== null) begun.call = this.caller;
    this.note({ begun });
    const place = this.runsAt?.();
    if (place) this.note({ noted: { kind: 'awaits', arguments: [words.write(place)] } });
    return operation;
  }

  noted(kind) {
    const noted = { kind };
    if (this.caller !== null) noted.call = this.caller;
    this.note({ noted });
  }

  delivered(operation) {
    this.note({ delivered: { operation } });
  }

  // Returns the number under which the caller asks again, or 0.
  returned(call, value) {
    this.note({ returned: { call, with: { ok: words.write(value) } } });
    return this.asksAgain(call, true);
  }

  // Likewise.
  failed(call, name, given) {
    this.note({ returned: { call, with: { error: [name, words.write(given)] } } });
    return this.asksAgain(call, false);
  }

  asksAgain(call, hasValue) {
    const { again, always } = this.again.get(call) ?? { again: 0, always: false };
    this.again.delete(call);
    if (again === 0 || (hasValue && !always)) return 0;
    this.note({ again: { call: again } });
    return again;
  }

  threw(call, message) {
    this.again.delete(call);
    this.note({ panicked: { call, message: words.write(message) } });
  }

  timer(callback, millis, repeats) {
    const number = ++this.timersMade;
    const timer = { number, callback, at: this.age + millis * 1000, every: repeats ? millis * 1000 : 0 };
    this.insert(timer);
    return number;
  }

  insert(timer) {
    const { timers } = this;
    let place = timers.length;
    while (place > 0 && timers[place - 1].at > timer.at) place -= 1;
    timers.splice(place, 0, timer);
  }

  clear(number) {
    const isOther = (timer) => timer.number !== number;
    this.timers = this.timers.filter(isOther);
    this.due = this.due.filter(isOther);
    this.immediates = this.immediates.filter(isOther);
  }

  immediate(callback) {
    const number = ++this.timersMade;
    this.immediates.push({ number, callback });
    return number;
  }

  // What the grader asks for.

  call({ call, entry, arguments: given = [], again, always = false }) {
    if (again !== undefined) this.again.set(call, { again, always });
    this.realm.inside.call(this.number, call, entry, words.read(given));
  }

  answer({ operation, with: ending }) {
    const resolve = this.operations.get(operation);
    if (resolve === undefined) return;
    this.operations.delete(operation);
    const { answer } = this.realm.inside;
    if (ending === 'panic') answer(resolve, 'panic', '', 'null');
    else if (ending.error) answer(resolve, 'error', ending.error[0], JSON.stringify(words.read(ending.error[1])));
    else answer(resolve, 'ok', '', JSON.stringify(words.read(ending.ok)));
  }

  advance({ micros }) {
    this.age += micros;
    while (this.timers.length > 0 && this.timers[0].at <= this.age) {
      const timer = this.timers.shift();
      this.due.push(timer);
    }
    this.note({ clock: { micros: this.age } });
  }

  // Runs what is due, and after each lets `drain` do what follows from it, until nothing is
  // left or `limit` ran.
  settle(limit, drain) {
    let polls = 0;
    drain();
    for (;;) {
      if (this.due.length === 0) this.due = this.immediates.splice(0);
      if (this.due.length === 0 || polls >= limit) break;
      const { number, callback, every } = this.due.shift();
      if (every > 0) this.insert({ number, callback, every, at: this.age + every });
      polls += 1;
      this.realm.inside.run(callback);
      drain();
    }
    const idle = this.due.length === 0;
    this.note({ settled: { polls, of_calls: polls, idle } });
  }
};
