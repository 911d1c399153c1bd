// @ts-check
// <course-progress>: each drill with the reader's state in it. Its own content, the
// list of drills, is what a page without `cargo learn` shows.

import { html, keep } from "./dom.js";
import { current, learn, place } from "./learn.js";

/** @typedef {import("./learn.js").Drill} Drill */
/** @typedef {Drill & {others: string[]}} OnPath */

/**
 * A drill in the language that counts: of those that passed, the one with the most points; else
 * the first that was begun. The time is that of all.
 * @param {Drill[]} all
 * @returns {OnPath}
 */
function one(all) {
  const passed = all.filter((drill) => drill.passed).toSorted((one, other) => other.best - one.best);
  const counts = passed[0] ?? all.find(({ started }) => started) ?? all[0];
  const others = all.filter((drill) => drill !== counts && drill.started).map(({ spoken, passed, best, max }) => `in ${spoken}: ${passed ? "passed" : "not yet"}${best > 0 ? `, ${best} of ${max} points` : ""}`);
  return { ...counts, others, worked_seconds: all.reduce((sum, drill) => sum + drill.worked_seconds, 0) };
}

class CourseProgress extends HTMLElement {
  #ready = false;
  #link = html("p", { class: "link bad", role: "status", hidden: true });
  #sum = html("p", { class: "outcome", role: "status" });
  #list = html("ol", { class: "drills" });
  #summary = html("section", { class: "certificate", hidden: true, "aria-label": "Summary to print" });

  connectedCallback() {
    if (this.#ready || !learn.isServed) return;
    this.#ready = true;
    const content = html("div", { class: "ba-fallback", hidden: true }, ...this.childNodes);
    this.replaceChildren(html("div", { class: "ba-figure progress", role: "group", "aria-label": "Your progress" }, this.#link, this.#sum, this.#list, this.#summary), content);
    learn.watch(() => this.#show());
  }

  #show() {
    const { state, link } = learn;
    this.#link.hidden = link !== "lost";
    this.#link.textContent = link === "lost" ? "Not connected: `cargo learn` does not answer. Start it again, and this page connects by itself." : "";
    const drills = learn.path.map(one);
    const passed = drills.filter((drill) => drill.passed).length;
    const next = drills.find((drill) => !drill.passed);
    const worked = spent(drills.reduce((sum, drill) => sum + drill.worked_seconds, 0));
    const rest = spent(drills.reduce((sum, drill) => sum + (drill.passed ? 0 : drill.minutes * 60), 0));
    keep(this.#sum, [state === undefined, passed, drills.length, next?.slug, worked, rest], () => state ? [
      html("strong", {}, `${passed} of ${drills.length}`), ` drills passed.${worked && ` You have worked ${worked}.`}`,
      ...(next ? [" Next: ", html("a", { href: place(next.page) }, next.title), `, about ${spent(next.minutes * 60)}. What is left takes about ${rest}.`] : []),
    ] : ["Connecting to `cargo learn` …"]);
    keep(this.#list, drills.map(({ slug, title, phase, passed, started, best, max, worked_seconds, verdict, changed_upstream, others, language }) => [slug, title, phase, passed, started, best, max, worked_seconds, verdict?.status, verdict?.score, changed_upstream, others, language]),
      () => drills.map((drill) => row(drill, drill === next)));
    const all = state !== undefined && drills.length > 0 && next === undefined;
    this.#summary.hidden = !all;
    this.classList.toggle("complete", all);
    keep(this.#summary, all && drills.map(({ title, best, max, first_passed_at, worked_seconds }) => [title, best, max, first_passed_at, worked_seconds]),
      () => all ? certificate(state, drills, worked) : []);
  }
}

/**
 * A time of work in words; empty for less than a minute.
 * @param {number} seconds
 */
function spent(seconds) {
  const minutes = Math.floor(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return minutes === 0 ? "" : minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/**
 * What a learner can print when every drill has passed.
 * @param {import("./learn.js").State} state
 * @param {OnPath[]} drills
 * @param {string} worked
 */
function certificate(state, drills, worked) {
  const day = (/** @type {number | null} */ at) => at === null ? "" : new Date(at * 1000).toLocaleDateString("en-GB", { dateStyle: "long" });
  const line = (/** @type {OnPath} */ { title, spoken, language, best, max, first_passed_at, worked_seconds }) => html("tr", {},
    html("th", { scope: "row" }, language === "rust" ? title : `${title}, in ${spoken}`), html("td", {}, `${best} of ${max}`), html("td", {}, day(first_passed_at)), html("td", {}, spent(worked_seconds)));
  const best = drills.reduce((sum, drill) => sum + drill.best, 0);
  const max = drills.reduce((sum, drill) => sum + drill.max, 0);
  return [
    html("h2", {}, `${state.course}: all ${drills.length} drills passed`),
    html("p", {}, html("label", {}, "Name ", html("input", { type: "text", autocomplete: "name" }))),
    html("table", {},
      html("thead", {}, html("tr", {}, ...["Drill", "Points", "First passed", "Time of work"].map((head) => html("th", { scope: "col" }, head)))),
      html("tbody", {}, ...drills.map(line)),
      html("tfoot", {}, html("tr", {}, html("th", { scope: "row" }, "All"), html("td", {}, `${best} of ${max}`), html("td"), html("td", {}, worked)))),
    html("p", { class: "soft" }, `This is what grader ${state.grader} saw on this machine. The name you enter is stored nowhere.`),
    html("p", { class: "controls" }, html("button", { type: "button", click: () => print() }, "Print this summary")),
  ];
}

/**
 * @param {OnPath} drill
 * @param {boolean} isNext
 */
function row(drill, isNext) {
  const { title, page, phase, passed, started, best, max, minutes, worked_seconds, changed_upstream, language, spoken, others } = drill;
  const verdict = current(drill);
  const now = verdict && verdict.max_score > 0 ? `${verdict.score} of ${verdict.max_score} points` : "";
  const words = passed ? `Passed${language === "rust" ? "" : ` in ${spoken}`}, ${best} of ${max} points`
    : { missing: "The file is missing", error: "Not graded" }[/** @type {string} */ (phase)]
      ?? (!started ? `Not started, about ${spent(minutes * 60)}` : verdict ? `Not yet, ${now}` : "Not graded yet");
  const worked = spent(worked_seconds);
  const notes = [
    worked && (passed ? `you took ${worked}` : `you have worked ${worked}`),
    passed && verdict && verdict.status !== "passed" ? "what you have now does not pass" : "",
    changed_upstream ? "the stub has changed since you began" : "",
    ...others,
    phase === "grading" ? "grading…" : "",
  ].filter((note) => note !== "");
  return html("li", { class: passed ? "passed" : "" },
    html("span", { class: "sign", "aria-hidden": "true" }, passed ? "✓" : isNext ? "→" : "·"),
    html("span", {}, html("a", { href: place(page) }, title), html("span", { class: "soft" }, ` ${words}${notes.map((note) => `; ${note}`).join("")}`)),
    html("progress", { max, value: passed ? best : verdict?.score ?? 0, "aria-label": `Points: ${title}` }));
}

customElements.define("course-progress", CourseProgress);
