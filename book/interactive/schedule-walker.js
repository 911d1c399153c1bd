// @ts-check
// <schedule-walker trace="traces/NAME.json">: the reader chooses what happens
// next, and sees what the real code then did. Its own content is the fallback. A
// recording of one schedule is shown from its end, where it broke.

import { drawn, fallback, html, recording } from "./dom.js";
import { lanes } from "./lanes.js";
import { Walk, held, operations, wording } from "./schedule.js";

/** @typedef {import("./schedule.js").Edge} Edge */

/** More lanes than a picture should have. */
const MOST_LANES = 16;

const SUSPENDED = "The await at which each request or task is suspended";

class ScheduleWalker extends HTMLElement {
  /** @type {Walk | undefined} */
  #walk;
  /** @type {Edge[][] | undefined} */
  #breaking;
  #shown = 0;
  #hold = false;
  #redraw = () => {};
  #said = html("p", { class: "said", role: "status" });
  #known = html("dl", { class: "known" });
  #choices = html("div", { class: "choices" });
  #controls = html("div", { class: "controls" });
  #code = html("code", {});
  #told = html("ol", { class: "told" });
  #replay = html("code", { class: "replay" });

  async connectedCallback() {
    const name = this.getAttribute("trace");
    if (this.#walk || !name) return;
    try {
      this.#walk = new Walk(await recording(name));
    } catch {
      this.dataset.missing = ""; // What it contains still serves.
      return;
    }
    const walk = this.#walk;
    const { source, schedules, broken, callers, nouns } = walk.trace;
    const one = nouns?.join(" or ") ?? "fetch";
    const [asText, content] = fallback(this, "The same as text");
    const picture = html("div", { class: "picture" });
    const isDrawn = callers + walk.operations <= MOST_LANES;
    const hold = html("input", { type: "checkbox", change: () => {
      this.#hold = hold.checked;
      this.#show();
    } });
    const result = broken === 0 ? "none breaks a rule" : `${count(broken)} of them break a rule`;
    this.prepend(
      html("div", { class: "ba-figure", role: "group", "aria-label": walk.isOne ? "A schedule to walk through" : "Schedules to walk through" },
        html("p", { class: "what" }, walk.isOne ? "One schedule, recorded from " : "You choose what happens next, and see what this code did then: ", html("code", {}, source),
          walk.isOne ? ". Go back, and take it turn by turn." : `. All ${count(schedules)} schedules were recorded; ${result}.`),
        isDrawn && picture,
        isDrawn && callers > 0 && html("p", { class: "legend", "aria-hidden": "true" },
          ...[["leads", `waits for its own ${one}`], ["follows", "waits for another’s"], ["live", `${one} under way`], ["stranded", "waits for nothing"]].slice(one ? 0 : 3)
            .map(([kind, text]) => html("span", {}, html("i", { class: kind }), text)),
          ...[["r", "✓", nouns ? "is done" : "has the row"], ["e", "×", "has an error"], ["d", "–", "dropped"]]
            .map(([kind, sign, text]) => html("span", {}, html("i", { class: `end ${kind}` }, sign), text))),
        this.#said,
        this.#known,
        !walk.isOne && html("p", { class: "ask" }, "What happens next?"),
        !walk.isOne && this.#choices,
        !walk.isOne && html("label", { class: "hold" }, hold, " Hold the tasks back: the next event comes before any task has run"),
        this.#controls,
        walk.trace.code !== undefined && html("figure", { class: "suspended" },
          html("figcaption", {}, SUSPENDED),
          html("pre", { tabindex: "0", role: "group", "aria-label": SUSPENDED }, this.#code)),
        html("details", {}, html("summary", {}, "Timeline so far"), this.#told,
          html("p", {}, "The same in your terminal: ", this.#replay, ". The end of this key names the turns, as do the letters above the picture.")),
        html("p", { class: "alternative" }, asText),
      ),
      content,
    );
    if (isDrawn) this.#redraw = drawn(picture, (width) => lanes(walk, width));
    if (walk.isOne) walk.toTheEnd();
    this.#show();
    const last = walk.path.at(-1);
    this.#said.textContent = last ? this.#sentences(last) : `Nothing has happened yet${nouns ? "" : ", and the cache is empty"}. Choose an event below.`;
    this.#said.classList.toggle("bad", (last?.[3].length ?? 0) > 0);
  }

  #here() {
    if (!this.#walk) throw new Error("no trace has been read");
    return this.#walk;
  }

  /** Shows where the walk is; `focus` names the choice to go on from. */
  #show(focus = false) {
    const walk = this.#here();
    this.#redraw();
    this.#known.replaceChildren(...known(walk));
    this.#code.replaceChildren(...code(walk));
    const edges = walk.choices();
    const next = walk.next();
    const isHeld = (/** @type {Edge} */ edge) => walk.turn(edge).includes("+");
    const wanted = edges.filter((edge) => walk.isOne || edge === next || isHeld(edge) === this.#hold || walk.turn(edge) === "w");
    const shown = walk.isOne || wanted.some((edge) => walk.turn(edge) !== "w") ? wanted : edges.filter((edge) => !isHeld(edge));
    const buttons = shown.map((edge) => html("button", {
      type: "button",
      class: edge === next ? "marked" : "",
      click: () => this.#take(edge),
    }, wording(walk, walk.turn(edge)),
      isHeld(edge) && html("span", { class: "aside" }, ` · ${held(walk.turn(edge))}`),
      edge === next && html("span", { class: "aside" }, " ← next")));
    if (!walk.isOne) this.#choices.replaceChildren(...buttons);
    if (buttons.length === 0 && !walk.isOne) {
      this.#choices.append(html("p", {}, "Nothing is left to happen: the schedule is over."));
    }
    const stuck = walk.path.length === 0;
    const undo = html("button", { type: "button", disabled: stuck, click: () => this.#back(() => walk.undo()) }, walk.isOne ? "One turn back" : "Undo");
    const restart = html("button", { type: "button", disabled: stuck, click: () => this.#back(() => walk.restart()) }, walk.isOne ? "From the start" : "Restart");
    const more = this.#shown > 0 && (this.#breaking?.length ?? 0) > 1;
    const breaks = html("button", { type: "button", click: () => this.#guide() },
      more ? "Show me another schedule that breaks it" : "Show me a schedule that breaks it");
    this.#controls.replaceChildren(undo, restart, ...walk.isOne ? buttons : [breaks]);
    this.#told.replaceChildren(...walk.path.map((edge) => html("li", { class: edge[3].length > 0 ? "bad" : "" }, this.#sentences(edge))));
    this.#replay.textContent = walk.path.length === 0 ? "(nothing to play yet)"
      : `cargo grader replay ${walk.trace.drill} ${walk.trace.source} ${walk.key()}`;
    this.toggleAttribute("data-broken", walk.broken().length > 0);
    if (focus) (buttons.find((button) => button.classList.contains("marked")) ?? buttons[0] ?? restart).focus();
  }

  /** @param {Edge} edge */
  #sentences(edge) {
    const { texts } = this.#here().trace;
    const told = edge[2].map((text) => texts[text].trim());
    const broken = edge[3].map((text) => `✗ Broken: ${texts[text]}`);
    return [...told, ...broken].map((text) => `${text[0].toUpperCase()}${text.slice(1)}.`).join(" ") || "The tasks run.";
  }

  /** @param {Edge} edge */
  #take(edge) {
    const walk = this.#here();
    const guided = walk.next() !== undefined;
    walk.take(edge);
    this.#said.textContent = this.#sentences(edge);
    if (guided && !walk.next() && edge[3].length === 0) this.#said.append(" (This leaves the way that was marked.)");
    this.#said.classList.toggle("bad", edge[3].length > 0);
    this.#show(true);
  }

  /** @param {() => void} step */
  #back(step) {
    step();
    const last = this.#here().path.at(-1);
    this.#said.textContent = last ? `Back. Before this: ${this.#sentences(last)}` : "Back at the beginning.";
    this.#said.classList.toggle("bad", (last?.[3].length ?? 0) > 0);
    this.#show(true);
  }

  #guide() {
    const walk = this.#here();
    walk.restart();
    this.#said.classList.remove("bad");
    const breaking = (this.#breaking ??= walk.breaking());
    if (breaking.length === 0) {
      this.#said.textContent = `There is none: all ${count(walk.trace.schedules)} recorded schedules end well.`;
      this.#show();
      /** @type {HTMLElement | null} */ (this.#controls.lastElementChild)?.focus();
      return;
    }
    walk.planned = breaking[this.#shown % breaking.length];
    this.#shown += 1;
    this.#said.textContent = `Press the marked button ${walk.planned.length} times and watch; the last turn breaks a rule.`;
    this.#show(true);
  }
}

/** @param {number} number */
function count(number) {
  return number.toLocaleString("en");
}

/**
 * What is known, as pairs of a term and its description.
 * @param {Walk} walk
 */
function known(walk) {
  const moment = walk.moment();
  const all = operations(moment);
  const { user, nouns, what = "user" } = walk.trace;
  const live = all.flatMap(({ letter }, at) => (letter === "l" ? [walk.name(at + 1)] : []));
  const waiting = [...moment.r].flatMap((letter, at) => (letter === "w" ? [at + 1] : []));
  const answered = all.some(({ letter }) => letter === "a");
  const who = waiting.length === 0 ? "nobody waits" : waiting.length === 1 ? `request ${waiting} waits`
    : `requests ${new Intl.ListFormat("en").format(waiting.map(String))} wait`;
  const tooMany = live.length > 1 && !walk.several && !nouns && walk.trace.drill !== "cache_race";
  const lost = waiting.length > 0 && live.length === 0 && !answered && !moment.h;
  const of = walk.several ? "" : `${what} ${user}: `;
  const pair = (/** @type {string} */ term, /** @type {string} */ text, bad = false) =>
    html("div", { class: bad ? "bad" : "" }, html("dt", {}, term), html("dd", {}, text));
  const state = (moment.s ?? []).map((line) => line.split(": ")).map(([term, ...text]) => pair(term, text.join(": ")));
  if (nouns?.length === 0) return moment.r === "" ? state : [...state, pair("Requests", who, lost)];
  return [
    ...state,
    // With several users, the recording does not say whose row is known.
    ...walk.several || nouns ? [] : [pair("Cache", `${of}${moment.c ? "the row" : "no row seen yet"}`)],
    pair("In flight", live.length > 0 ? `${of}${live.join(", ")}; ${who}`
      : answered ? `an answer nobody has received yet; ${who}`
        : lost ? `nothing, yet ${who}` : `nothing; ${who}`, lost || tooMany),
    pair(`${nouns ? "Operations" : "Fetches"} begun`, `${all.length}${live.length > 1 ? `, ${live.length} live at once` : ""}`, tooMany),
  ];
}

/**
 * A line of code each, after the requests that are suspended there.
 * @param {Walk} walk
 */
function code(walk) {
  const requests = [0, ...walk.moment().r].map((_, at) => at);
  return (walk.trace.code?.lines ?? []).map((line, at) => {
    const here = requests.filter((request) => walk.suspended(request) === at).map((request) => request || "task").join(" ");
    return html("span", { class: here && "here" }, html("span", { class: "who" }, here && `${here} →`), line, "\n");
  });
}

customElements.define("schedule-walker", ScheduleWalker);
