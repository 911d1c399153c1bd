// @ts-check
// A recorded trace, and a walk through it. Nothing here knows of a page: a walk
// only goes where `cargo grader trace` has been.

/**
 * One turn: its number in `turns`, the node it leads to, the sentences that tell
 * it, the violations that first show in it.
 * @typedef {[turn: number, to: number, told: number[], broken: number[]]} Edge
 */

/**
 * What is known at some moment, as `grader/src/exam/trace/frame.rs` describes it.
 * @typedef {object} Moment
 * @property {string} r the requests
 * @property {string} [f] the operations
 * @property {Record<number, number>} [a] what requests await that is no operation
 * @property {string[]} [s] the state of the world
 * @property {boolean} [c] the row is known to be cached
 * @property {boolean} [h] tasks are held back
 * @property {Edge[]} [n] what may happen next
 */

/**
 * A recording, as `grader/src/exam/trace.rs` describes it.
 * @typedef {{drill: string, source: string, key: string, user: number, what?: string, nouns?: string[], code?: Code,
 *   callers: number, schedules: number, broken: number, turns: string[], texts: string[], nodes: Moment[]}} Trace
 */

/**
 * Lines of code, and on which of them a request is suspended.
 * @typedef {{lines: string[], kinds: (number | null)[], other?: number}} Code
 */

/** @typedef {{letter: string, kind: number, leader: number}} Operation */

/**
 * The operations of a moment.
 * @param {Moment} moment
 * @returns {Operation[]}
 */
export function operations(moment) {
  const found = (moment.f ?? "").matchAll(/([a-z])([A-Z]?)(\d+)/g);
  return [...found].map(([, letter, kind, leader]) => ({
    letter,
    kind: "ABCDEFGH".indexOf(kind),
    leader: Number(leader),
  }));
}

/**
 * A turn in words.
 * @param {Walk} walk where it is a choice
 * @param {string} turn as a replay key spells it
 */
export function wording(walk, turn) {
  const number = parseInt(turn.slice(1), 10);
  const { nouns, what = "user" } = walk.trace;
  const name = walk.name(number);
  const noun = `${name[0].toUpperCase()}${name.slice(1)}`;
  switch (turn[0]) {
    case "m": return "The instance is made";
    case "b": return "A task keeps the loop";
    case "s":
    case "q": return `Request ${walk.moment().r.length + 1} ${walk.several ? `asks for ${what} ${number}` : "starts"}`;
    case "r": return nouns ? `${noun} is answered` : `${noun} brings the row`;
    case "n": return `${noun} finds no such user`;
    case "e": return `${noun} fails`;
    case "p": return `${noun} panics`;
    case "x": return `The caller of request ${number} is dropped`;
    case "y": return `The caller of request ${number} is dropped; what it had begun happens all the same`;
    case "t": return number === 60_000_000 ? "A minute passes" : `${number / 1000} ms pass`;
    default: return "The tasks run";
  }
}

/**
 * How much runs after a turn, if not everything does.
 * @param {string} turn
 */
export function held(turn) {
  const [, polls] = turn.split("+");
  if (polls === undefined) return "";
  return polls === "0" ? "no task runs yet" : `only ${polls} ${polls === "1" ? "poll" : "polls"}`;
}

/** A way through a trace, from its beginning. */
export class Walk {
  /** @param {Trace} trace */
  constructor(trace) {
    this.trace = trace;
    /** The greatest number of operations at any moment. */
    this.operations = Math.max(...trace.nodes.map((node) => operations(node).length));
    /** Whether there is one way only: a schedule that was played again. */
    this.isOne = trace.schedules === 1;
    /** Whether requests ask for more than one user. */
    this.several = new Set(trace.turns.filter((turn) => turn[0] === "q").map((turn) => parseInt(turn.slice(1), 10))).size > 1;
    /** @type {Edge[]} */
    this.path = [];
    /** @type {Edge[]} */
    this.planned = [];
  }

  /** The moment after so many turns. */
  moment(turns = this.path.length) {
    return this.trace.nodes[this.path[turns - 1]?.[1] ?? 0];
  }

  /** @param {Edge} edge */
  turn(edge) {
    return this.trace.turns[edge[0]];
  }

  /**
   * The noun for an operation that has begun or will begin: a fetch, a read.
   * @param {number} number counted from 1
   */
  name(number) {
    const { nouns } = this.trace;
    const kind = operations(this.moment())[number - 1]?.kind ?? 0;
    return `${nouns?.[kind] ?? "fetch"} ${number}`;
  }

  /** What may happen next. */
  choices() {
    return this.moment().n ?? [];
  }

  /** @param {Edge} edge one of `choices` */
  take(edge) {
    this.planned = edge === this.next() ? this.planned.slice(1) : [];
    this.path.push(edge);
  }

  undo() {
    const edge = this.path.pop();
    if (edge && this.planned.length > 0) this.planned = [edge, ...this.planned];
  }

  /** Goes to where a rule is broken, or else to the end of the only way. */
  toTheEnd() {
    for (let [edge] = this.choices(); edge && this.broken().length === 0; [edge] = this.choices()) this.take(edge);
  }

  restart() {
    this.path = [];
    this.planned = [];
  }

  /** The choice that goes on with the plan. */
  next() {
    return this.planned.at(0);
  }

  /** The turns on the way. */
  turns() {
    return this.path.map((edge) => this.turn(edge));
  }

  /** The user that each request on the way asks for. */
  users() {
    const asking = this.turns().filter((turn) => turn[0] === "q");
    return asking.map((turn) => parseInt(turn.slice(1), 10));
  }

  /**
   * The line of the code at which a request is suspended; unknown while tasks have been held
   * back ever since it started.
   * @param {number} request 0 is a task of the submission's own
   */
  suspended(request) {
    const { code } = this.trace;
    const moment = this.moment();
    const awaited = moment.a?.[request];
    if (!code || (awaited === undefined && moment.r[request - 1] !== "w")) return undefined;
    const kind = awaited ?? operations(moment).findLast(({ letter, leader }) => leader === request && "la".includes(letter))?.kind;
    if (kind !== undefined) return code.kinds[kind];
    const hasRun = this.path.some((edge, at) => this.moment(at + 1).r[request - 1] && !this.turn(edge).includes("+"));
    return hasRun ? code.other : undefined;
  }

  /** Every violation on the way. */
  broken() {
    return this.path.flatMap((edge) => edge[3].map((text) => this.trace.texts[text]));
  }

  /** The way as a replay key. */
  key() {
    return `${this.trace.key}:${this.turns().join(".")}`;
  }

  /**
   * The shortest schedules that break a rule, each for its own reason: none
   * contains everything that another one needs.
   * @returns {Edge[][]}
   */
  breaking() {
    /** @type {{path: Edge[], needs: string}[]} */
    const found = [];
    /** @type {{at: number, path: Edge[]}[]} */
    let ways = [{ at: 0, path: [] }];
    const seen = new Set();
    while (ways.length > 0) {
      const longer = [];
      for (const { at, path } of ways) {
        for (const edge of this.trace.nodes[at].n ?? []) {
          const way = [...path, edge];
          const needs = way.map((each) => this.turn(each)[0]).sort().join("");
          if (found.some((other) => covers(needs, other.needs))) continue;
          const place = `${edge[1]} ${needs}`;
          if (edge[3].length > 0) found.push({ path: way, needs });
          else if (!seen.has(place)) longer.push({ at: edge[1], path: way });
          seen.add(place);
        }
      }
      ways = longer;
    }
    return found.map(({ path }) => path);
  }
}

/**
 * Whether sorted letters contain all the others.
 * @param {string} all
 * @param {string} some
 */
function covers(all, some) {
  let at = 0;
  for (const letter of all) if (letter === some[at]) at += 1;
  return at === some.length;
}
