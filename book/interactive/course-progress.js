// @ts-check
// <course-progress>: each drill with the reader's state in it. Its own content, the
// list of drills, is what a page without `cargo learn` shows.

import { html, keep } from "./dom.js";
import { current, learn, place } from "./learn.js";

/** @typedef {import("./learn.js").Drill} Drill */

class CourseProgress extends HTMLElement {
  #ready = false;
  #link = html("p", { class: "link bad", role: "status", hidden: true });
  #sum = html("p", { class: "outcome", role: "status" });
  #list = html("ol", { class: "drills" });

  connectedCallback() {
    if (this.#ready || !learn.isServed) return;
    this.#ready = true;
    const content = html("div", { class: "ba-fallback", hidden: true }, ...this.childNodes);
    this.replaceChildren(html("div", { class: "ba-figure progress", role: "group", "aria-label": "Your progress" }, this.#link, this.#sum, this.#list), content);
    learn.watch(() => this.#show());
  }

  #show() {
    const { state, link } = learn;
    this.#link.hidden = link !== "lost";
    this.#link.textContent = link === "lost" ? "Not connected: `cargo learn` does not answer. Start it again, and this page connects by itself." : "";
    const drills = state?.drills ?? [];
    const passed = drills.filter((drill) => drill.passed).length;
    keep(this.#sum, [state === undefined, passed, drills.length], () => state ? [html("strong", {}, `${passed} of ${drills.length}`), " drills passed."] : ["Connecting to `cargo learn` …"]);
    const next = drills.find((drill) => !drill.passed)?.slug;
    keep(this.#list, drills.map(({ slug, title, phase, passed, started, best, max, verdict, changed_upstream }) => [slug, title, phase, passed, started, best, max, verdict?.status, verdict?.score, changed_upstream]),
      () => drills.map((drill) => row(drill, drill.slug === next)));
  }
}

/**
 * @param {Drill} drill
 * @param {boolean} isNext
 */
function row(drill, isNext) {
  const { title, page, phase, passed, started, best, max, changed_upstream } = drill;
  const verdict = current(drill);
  const now = verdict && verdict.max_score > 0 ? `${verdict.score} of ${verdict.max_score} points` : "";
  const words = passed ? `Passed, ${best} of ${max} points`
    : { missing: "The file is missing", error: "Not graded" }[/** @type {string} */ (phase)]
      ?? (!started ? "Not started" : verdict ? `Not yet, ${now}` : "Not graded yet");
  const notes = [
    passed && verdict && verdict.status !== "passed" ? "what you have now does not pass" : "",
    changed_upstream ? "the stub has changed since you began" : "",
    phase === "grading" ? "grading…" : "",
  ].filter((note) => note !== "");
  return html("li", { class: passed ? "passed" : "" },
    html("span", { class: "sign", "aria-hidden": "true" }, passed ? "✓" : isNext ? "→" : "·"),
    html("span", {}, html("a", { href: place(page) }, title), html("span", { class: "soft" }, ` ${words}${notes.map((note) => `; ${note}`).join("")}`)),
    html("progress", { max, value: passed ? best : verdict?.score ?? 0, "aria-label": `Points: ${title}` }));
}

customElements.define("course-progress", CourseProgress);
