// @ts-check
// The picture of a walk: a lane for each request and each operation, a column for
// each turn. It adds nothing to the text beside it.

import { svg } from "./dom.js";
import { operations } from "./schedule.js";

/** @typedef {import("./schedule.js").Walk} Walk */
/** @typedef {import("./schedule.js").Moment} Moment */

const LABEL = 76;
const TOP = 24;
const LANE = 28;
const BAR = 14;
const WIDEST = 72;
const NARROWEST = 8;

/** How a bar ends, as a path around its middle. */
const ENDS = /** @type {Record<string, string>} */ ({
  r: "M-5 0 L-1.5 4 L5 -4",
  e: "M-4 -4 L4 4 M4 -4 L-4 4",
  p: "M-4 -4 L4 4 M4 -4 L-4 4",
  d: "M-5 0 H5",
});

/**
 * @param {Walk} walk
 * @param {number} width in pixels
 */
export function lanes(walk, width) {
  const { trace, path, operations: most } = walk;
  const height = TOP + LANE * (trace.callers + most) + 4;
  const columns = Math.max(path.length + 1, 6);
  const column = Math.min(WIDEST, (width - LABEL - NARROWEST) / columns);
  /** @param {number} turn */
  const x = (turn) => LABEL + turn * column;
  /** @param {number} lane */
  const y = (lane) => TOP + lane * LANE + LANE / 2;

  const users = walk.users();
  const moments = [...path.keys(), path.length].map((turn) => walk.moment(turn));
  const parts = [];
  for (let row = 0; row < trace.callers + most; row += 1) {
    parts.push(svg("line", { class: "ground", x1: LABEL, x2: width, y1: y(row), y2: y(row) }));
  }
  path.forEach((edge, index) => {
    const wrong = edge[3].length > 0;
    const at = x(index + 1);
    parts.push(svg("line", { class: wrong ? "wrong" : "turn", x1: at, x2: at, y1: TOP - 4, y2: height }));
    const code = walk.turn(edge).replace(/^t60000000/, "60s").replace(/^t(\d+)000/, "$1ms").replace(/^([qbm])[\d_]+/, "$1");
    if (column > 22) parts.push(svg("text", { class: wrong ? "code bad" : "code", x: at, y: 13 }, code));
  });
  for (let request = 0; request < trace.callers; request += 1) {
    parts.push(label(`request ${request + 1}`, y(request), moments.at(-1)?.r[request]));
    const states = moments.map((moment) => requestState(moment, request, users));
    parts.push(...lane(states, y(request), x));
  }
  for (let operation = 0; operation < most; operation += 1) {
    const of = (/** @type {Moment} */ moment) => operations(moment)[operation]?.letter;
    const begun = of(moments[moments.length - 1]);
    // The kind of the next one is unknown before it begins.
    const name = begun || !trace.nouns ? walk.name(operation + 1) : `next: ${operation + 1}`;
    parts.push(label(name, y(trace.callers + operation), begun));
    parts.push(...lane(moments.map(of), y(trace.callers + operation), x));
  }
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...parts);
}

/**
 * @param {string} text
 * @param {number} y
 * @param {string | undefined} state none when it has not begun
 */
function label(text, y, state) {
  return svg("text", { class: state ? "name" : "name later", x: 0, y: y + 4 }, text);
}

/**
 * The state of a request: it leads, follows, is stranded, or has ended.
 * @param {Moment} moment
 * @param {number} request counted from 0
 * @param {number[]} users the user that each request asks for
 */
function requestState(moment, request, users) {
  const letter = moment.r[request];
  if (letter !== "w") return letter;
  const open = operations(moment).filter(({ letter, leader }) => "la".includes(letter) && [undefined, users[request]].includes(users[leader - 1]));
  if (open.some(({ leader }) => leader === request + 1)) return "leads";
  return open.length > 0 || moment.h ? "follows" : "stranded";
}

/**
 * A lane's bars, and the mark at its end.
 * @param {(string | undefined)[]} states after each turn
 * @param {number} y
 * @param {(turn: number) => number} x
 */
function lane(states, y, x) {
  const parts = [];
  const begun = states.findIndex((state) => state !== undefined);
  if (begun < 0) return [];
  const ended = states.findIndex((state) => state !== undefined && state in ENDS);
  const last = ended < 0 ? states.length - 1 : ended - 1;
  for (let turn = begun; turn <= last; turn += 1) {
    const state = /** @type {Record<string, string>} */ ({ l: "live", a: "answered" })[states[turn] ?? ""] ?? states[turn];
    const open = ended < 0 && turn === last;
    const wide = open ? Math.min(20, x(1) - x(0)) : x(turn + 1) - x(turn);
    parts.push(svg("rect", { class: `bar ${state}`, x: x(turn), y: y - BAR / 2, width: wide, height: BAR }));
  }
  if (ended >= 0) {
    const how = states[ended] ?? "";
    // If the end is in the same turn as the beginning, there is no bar.
    parts.push(svg("circle", { class: `end ${how}`, cx: x(ended), cy: y, r: 9 }));
    parts.push(svg("path", { class: "mark", d: ENDS[how], transform: `translate(${x(ended)} ${y})` }));
  }
  return parts;
}
