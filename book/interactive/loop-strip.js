// @ts-check
// <loop-strip data="traces/NAME.json">: how late the loop was at every moment of a
// recorded run, and how long the requests waited. Its own content is the fallback.
// A script may also give the recording itself instead of a file.

import { drawn, fallback, html, recording, svg } from "./dom.js";

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {[start: number, duration: number][]} stalls when the loop ran nothing else
 * @property {[due: number, late: number][]} waits when each request was due, and how much later it was answered
 */

/** @typedef {{unit: string, machine?: string, series: Series[]}} Recording `machine` is where it was measured */

const STRIP = 72;
const WAITS = 34;
const GAP = 40;
const AXIS = 22;
const DEEPEST = 64;

export class LoopStrip extends HTMLElement {
  /** @type {Recording | undefined} */
  #data;
  /** @type {Recording | undefined} */
  recording;
  #end = 1;
  #from = 0;
  #zoom = 1;
  #redraw = () => {};
  #said = html("p", { class: "said", role: "status" });
  #buttons = html("div", { class: "controls" });

  async connectedCallback() {
    const name = this.getAttribute("data");
    if (this.#data || !(name || this.recording)) return;
    try {
      this.#data = this.recording ?? /** @type {Recording} */ (await recording(name ?? ""));
    } catch {
      this.dataset.missing = ""; // What it contains still serves.
      return;
    }
    const ends = this.#data.series.flatMap(({ stalls, waits }) => [...stalls, ...waits].map(([start, lasts]) => start + lasts));
    this.#end = Math.max(1, ...ends);
    const hasContent = this.childNodes.length > 0;
    const { machine } = this.#data;
    const [asText, content] = fallback(this, "The same as text");
    const picture = html("div", { class: "picture" });
    this.prepend(
      html("div", { class: "ba-figure", role: "group", "aria-label": "Loop latency, recorded" },
        picture,
        html("ul", { class: "sums" }, ...this.#data.series.map((series) => html("li", {}, summary(series, this.#unit())))),
        machine !== undefined && html("p", { class: "soft" }, `Measured on ${machine}.`),
        this.#said,
        this.#buttons,
        hasContent && html("p", { class: "alternative" }, asText)),
      content,
    );
    for (const [text, act] of /** @type {[string, () => void][]} */ ([
      ["Zoom in", () => this.#look(this.#zoom * 2, this.#from + this.#span() / 4)],
      ["Zoom out", () => this.#look(this.#zoom / 2, this.#from - this.#span() / 2)],
      ["Earlier", () => this.#look(this.#zoom, this.#from - this.#span() / 2)],
      ["Later", () => this.#look(this.#zoom, this.#from + this.#span() / 2)],
      ["All", () => this.#look(1, 0)],
    ])) {
      this.#buttons.append(html("button", { type: "button", click: act }, text));
    }
    this.#redraw = drawn(picture, (width) => this.#draw(width));
    this.#look(1, 0);
  }

  #unit() {
    return this.#data?.unit ?? "ms";
  }

  #span() {
    return this.#end / this.#zoom;
  }

  /**
   * @param {number} zoom
   * @param {number} from
   */
  #look(zoom, from) {
    this.#zoom = Math.min(DEEPEST, Math.max(1, zoom));
    this.#from = Math.min(this.#end - this.#span(), Math.max(0, from));
    const [start, end] = [this.#from, this.#from + this.#span()].map((time) => number(time));
    this.#said.textContent = `From ${start} to ${end} ${this.#unit()}.`;
    this.#redraw();
  }

  /** @param {number} width */
  #draw(width) {
    const series = this.#data?.series ?? [];
    const tallest = Math.max(1, ...series.flatMap(({ stalls }) => stalls.map(([, lasts]) => lasts)));
    const longest = Math.max(1, ...series.flatMap(({ waits }) => waits.map(([, late]) => late)));
    const each = GAP + STRIP + AXIS + WAITS + AXIS;
    const height = each * series.length;
    const parts = series.map((one, at) => svg("g", { transform: `translate(0 ${at * each})` },
      svg("text", { class: "name", x: 0, y: 14 }, one.name),
      svg("text", { x: 0, y: 30 }, `how late the loop is${peak(one, this.#unit())}`),
      svg("g", { transform: `translate(0 ${GAP})` }, ...this.#latency(one, width, tallest)),
      svg("g", { transform: `translate(0 ${GAP + STRIP + AXIS})` }, ...this.#waiting(one, width, longest))));
    return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...parts);
  }

  /**
   * A task that becomes ready at the start of a stall waits for all of it, a later
   * one for the rest: a tooth that falls to the right.
   * @param {Series} series
   * @param {number} width
   * @param {number} tallest
   */
  #latency({ stalls }, width, tallest) {
    const x = (/** @type {number} */ time) => ((time - this.#from) / this.#span()) * width;
    const inside = (/** @type {number} */ at) => Math.min(width + 1, Math.max(-1, at));
    const teeth = stalls.flatMap(([start, lasts]) => {
      const [left, right] = [x(start), x(start + lasts)];
      if (right < 0 || left > width) return [];
      const height = (at = 0) => STRIP - (STRIP - 4) * (lasts / tallest) * ((right - at) / Math.max(right - left, 1e-6));
      const [from, to] = [inside(left), inside(right)];
      const seen = Math.max(to, from + 1);
      return [svg("path", { class: "stall", d: `M${from} ${STRIP}V${height(from)}L${seen} ${height(to)}V${STRIP}Z` })];
    });
    return [
      ...teeth,
      svg("line", { class: "axis", x1: 0, x2: width, y1: STRIP, y2: STRIP }),
      svg("text", { class: "tick", x: 0, y: STRIP + 14 }, `time: ${number(this.#from)} ${this.#unit()}`),
      svg("text", { class: "tick last", x: width, y: STRIP + 14 }, `${number(this.#from + this.#span())} ${this.#unit()}`),
    ];
  }

  /**
   * A dot for every request, placed by how long it waited.
   * @param {Series} series
   * @param {number} width
   * @param {number} longest
   */
  #waiting({ waits }, width, longest) {
    const middle = WAITS / 2;
    const dots = waits.map(([, wait]) => svg("circle", { class: "wait", cx: 5 + (wait / longest) * (width - 10), cy: middle, r: 4 }));
    return [
      svg("line", { class: "axis", x1: 0, x2: width, y1: middle, y2: middle }),
      ...dots,
      svg("text", { class: "tick", x: 0, y: WAITS + 8 }, `each dot is a request; it waited 0 ${this.#unit()}`),
      svg("text", { class: "tick last", x: width, y: WAITS + 8 }, `${number(longest)} ${this.#unit()}`),
    ];
  }
}

/**
 * How high the teeth are.
 * @param {Series} series
 * @param {string} unit
 */
function peak({ stalls }, unit) {
  const longest = Math.max(0, ...stalls.map(([, lasts]) => lasts));
  return longest > 0 ? `, at most ${number(longest)} ${unit}` : "";
}

/** @param {number} value */
function number(value) {
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/**
 * @param {Series} series
 * @param {string} unit
 */
function summary({ name, stalls, waits }, unit) {
  const sorted = waits.map(([, late]) => late).toSorted((one, other) => one - other);
  const longest = Math.max(0, ...stalls.map(([, lasts]) => lasts));
  const stalled = stalls.length === 0 ? "no stall" : `${stalls.length} ${stalls.length === 1 ? "stall" : "stalls"}, the longest ${number(longest)} ${unit}`;
  const waited = sorted.length === 0 ? "no request"
    : `of ${sorted.length} requests half waited ${number(sorted[Math.floor(sorted.length / 2)])} ${unit} or less, the last one ${number(sorted[sorted.length - 1])} ${unit}`;
  return `${name}: ${stalled}; ${waited}.`;
}

customElements.define("loop-strip", LoopStrip);
