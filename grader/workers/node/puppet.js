// The puppet: reads orders from the channel, carries them out, reports. It never judges.
//
// V8 runs microtasks until none is left, and nothing can stop it halfway. What can be done is
// to put the next thing from outside so many rounds of microtasks later, and that is what a
// settle of a few polls means here: the steps that follow it are carried out inside a
// microtask. Only one run at a time can be halfway like this. When another one has its turn
// first, the run is let go, and played again from its beginning when it is asked for: its
// code, its clock and its random numbers are the same, so it comes to the same place.
'use strict';

const { getHeapStatistics, setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { Channel } = require('channel');
const { Realm } = require('realm');
const { Run } = require('run');
const { Refused, Submission } = require('submission');
const { closeForGood } = require('seal');
const words = require('words');

// A settle of so many polls and more lets nearly all microtasks run, but no timer and no
// immediate.
const ROUNDS = 8;
const NEARLY_ALL = 64;

// A settle of more polls than this is to run all there is.
const SOME = 100;

const drain = process._tickCallback;
const resolved = Promise.resolve();
// From a context of its own, so that no other one has it.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
setFlagsFromString('--no-expose-gc');

// How often garbage is collected before the heap is measured.
const COLLECTIONS = 4;

// What `advance` came back for.
const ALL = 'all';
const REST = 'rest';

exports.run = (rest, given, [, , library]) => {
  const puppet = new Puppet(new Channel(rest), given);
  closeForGood(library);
  try {
    puppet.serve();
  } catch (error) {
    console.error(error);
    process.reallyExit(1);
  }
};

class Puppet {
  constructor(channel, given) {
    this.channel = channel;
    this.runs = new Map();
    // The run whose code may be running.
    this.current = null;
    // The run that is halfway.
    this.halfway = null;
    this.order = null;
    this.realm = new Realm(given, this);
    this.submission = new Submission(this.realm, given);
    process.on('unhandledRejection', (reason) => {
      const message = this.realm.inside.describe(reason);
      this.current?.broke(`nobody handled a rejection, which ends a Node process: ${message}`);
    });
    process.on('uncaughtException', (error) => {
      this.current?.broke(`nobody caught an exception, which ends a Node process: ${this.realm.inside.describe(error)}`);
    });
    drain();
  }

  serve() {
    this.channel.write('{"protocol":2}');
    for (;;) this.settle(this.advance());
  }

  // Carries out what `advance` came back for, outside any microtask.
  settle(wish) {
    if (typeof wish === 'number') {
      this.wish = REST;
      this.rounds(wish);
      drain();
      wish = this.wish;
    }
    if (wish === ALL) {
      const run = this.current;
      this.halfway = null;
      run.settle(this.limit, drain);
      this.tell(run.take());
      return;
    }
    const lost = this.halfway;
    if (lost !== null) {
      lost.isLost = true;
      lost.isMuted = true;
      this.halfway = null;
    }
    drain();
    lost?.over();
  }

  // Goes on with the steps after so many rounds of microtasks.
  rounds(left) {
    resolved.then(() => {
      if (left > 1) return this.rounds(left - 1);
      this.told();
      const wish = this.advance();
      if (typeof wish === 'number') this.rounds(wish);
      else this.wish = wish;
    });
  }

  // The end of a settle that left something to do.
  told() {
    const run = this.current;
    run.note({ settled: { polls: this.limit, of_calls: 0, idle: false } });
    this.tell(run.take());
  }

  tell(events) {
    if (this.replayed === undefined) this.order.told.push(events);
  }

  // The step that comes next.
  next() {
    if (this.replayed !== undefined) {
      if (this.replayed.length > 0) return this.replayed[0];
      this.replayed = undefined;
      this.current.isMuted = false;
      this.current.take();
    }
    for (;;) {
      if (this.order !== null) {
        const { run, steps, at, told } = this.order;
        if (at < steps.length) return steps[at];
        this.channel.write(JSON.stringify({ run, steps: told }));
        this.order = null;
      }
      this.order = { ...JSON.parse(this.channel.line()), at: 0, told: [] };
    }
  }

  done() {
    if (this.replayed !== undefined) this.replayed.shift();
    else this.order.at += 1;
  }

  // Carries out steps up to a settle that lets code run: how many rounds, or all of them; or
  // until what is halfway has to come to rest first.
  advance() {
    for (;;) {
      const step = this.next();
      const [kind, given] = typeof step === 'string' ? [step, {}] : Object.entries(step)[0];
      const number = this.replayed === undefined ? this.order.run : this.current.number;
      if (this.halfway !== null && (this.halfway.number !== number || kind === 'new' || kind === 'end' || kind === 'measure')) {
        return REST;
      }
      const run = this.runs.get(number);
      if (run?.isLost && kind !== 'new' && kind !== 'end') {
        this.playAgain(run);
        continue;
      }
      this.done();
      if (kind === 'new') {
        this.open(number, given, step);
      } else if (run === undefined) {
        this.tell(kind === 'measure' ? this.measure() : []);
      } else if (kind === 'measure') {
        this.tell(this.measure());
      } else if (kind === 'end') {
        this.runs.delete(number);
        this.realm.forget(number);
        run.over();
        this.tell(run.take());
      } else {
        this.current = run;
        if (this.replayed === undefined) run.keep(step);
        if (kind !== 'settle') {
          this.carryOut(run, kind, given);
          this.halfway = run;
          this.tell(run.take());
          continue;
        }
        this.limit = given.polls;
        if (given.polls > SOME) return ALL;
        this.halfway = run;
        if (given.polls > 0) return given.polls < ROUNDS ? given.polls : NEARLY_ALL;
        this.told();
      }
    }
  }

  carryOut(run, kind, given) {
    if (kind === 'call') {
      if (!this.realm.hasInstance(run.number)) this.make(run);
      run.call(given);
    } else if (kind === 'answer') {
      run.answer(given);
    } else if (kind === 'advance') {
      run.advance(given);
    } else if (kind === 'discard') {
      this.realm.discard(run.number);
    } else if (kind === 'ping') {
      run.immediate(() => run.note({ pong: { nonce: given.nonce } }));
    }
  }

  // Opens a run: the submission's module anew, and an instance.
  open(number, given, step) {
    const run = new Run(number, this.realm);
    run.steps = [step];
    run.made = given;
    this.runs.set(number, run);
    this.current = run;
    this.begin(run);
    this.tell(run.take());
  }

  begin(run) {
    this.realm.seed(run.made.seed);
    if (run.made.places) run.runsAt = () => this.submission.runsAt();
    try {
      const namespace = this.submission.load(drain);
      this.realm.open(run.number, namespace);
      this.make(run);
      drain();
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      run.note({ noted: { kind: 'refused', arguments: [words.write(refused.message)] } });
    }
  }

  make(run) {
    const made = words.read(run.made.arguments ?? []);
    const lacking = this.realm.inside.make(run.number, made);
    if (lacking !== undefined) throw new Refused(`\`${this.submission.file}\`: ${lacking}`);
  }

  // Plays a run that was let go from its beginning, and comes back to where it was.
  playAgain(lost) {
    const run = new Run(lost.number, this.realm);
    run.steps = lost.steps;
    run.made = lost.made;
    run.isMuted = true;
    this.runs.set(run.number, run);
    this.current = run;
    this.begin(run);
    this.replayed = (lost.steps ?? []).slice(1);
  }

  // A collection leaves what the collector itself has not let go of yet: the least counts.
  measure() {
    let bytes = Infinity;
    for (let round = 0; round < COLLECTIONS; round += 1) {
      collect();
      drain();
      bytes = Math.min(bytes, getHeapStatistics().used_heap_size);
    }
    return [{ holds: { bytes } }];
  }
}
