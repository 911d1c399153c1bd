// @ts-check
// <drill-panel slug="SLUG">: the grader's verdict on the reader's own code, after
// every save. Without `cargo learn`, a recorded verdict and how to get one's own.

import { html, keep, opens, recording, words as inWords } from "./dom.js";
import { current, language, learn, place } from "./learn.js";
import { Results, editor, outcome } from "./verdict.js";

/** @typedef {import("./learn.js").Drill} Drill */
/** @typedef {import("./learn.js").Prepare} Prepare */
/** @typedef {{source: string, walks: string[], verdict: import("./learn.js").Verdict}} Recorded */

class DrillPanel extends HTMLElement {
  #ready = false;
  #slug = "";
  /** The drill in the language that is shown. */
  #id = "";
  /** The gradings seen, by id. */
  #seen = new Map();
  #languages = html("div", { class: "languages", role: "group", "aria-label": "The language of your file" });
  #link = html("p", { class: "link bad", role: "status", hidden: true });
  #outcome = html("p", { class: "outcome", role: "status" });
  #now = html("p", { class: "now soft" });
  #prepare = html("div", { class: "prepare" });
  #notes = html("div", { class: "notes" });
  #next = html("div", { class: "go-on" });
  #hints = html("ol", { class: "hints", "aria-live": "polite" });
  #solution = html("div", { class: "solution" });
  #said = html("p", { class: "answered", role: "status" });
  /** How many more results may come before the message is out of date. */
  #outlives = 0;
  /** The result that was shown last. */
  #result = "";
  /** Fetches both solutions again, if they are compared. */
  #refresh = () => {};
  /** By id, so that what was opened stays open. */
  #all = /** @type {Map<string, Results>} */ (new Map());
  #results = this.#resultsOf("");
  #hint = this.#button("Show a hint", "hint");
  #grade = this.#button("Grade again", "grade");
  #reset = html("div", { class: "reset" });

  async connectedCallback() {
    const slug = this.getAttribute("slug");
    if (this.#ready || !slug) return;
    this.#ready = true;
    this.#slug = slug;
    if (learn.isServed) {
      const content = html("div", { class: "ba-fallback", hidden: true }, ...this.childNodes);
      this.replaceChildren(this.#figure(this.#link, this.#languages, html("div", { class: "head" }, this.#outcome, this.#now), this.#results.bar, this.#prepare, this.#notes, this.#next, this.#results.element,
        this.#solution, this.#hints, html("div", { class: "controls" }, this.#hint, this.#grade, this.#reset), this.#said), content);
      this.#askReset(false);
      learn.watch(() => this.#show());
      return;
    }
    try {
      this.#recorded(await recording(`verdicts/${slug}.json`));
    } catch {
      this.dataset.missing = ""; // Its content still serves.
    }
  }

  get #drill() {
    return learn.all(this.#slug).find(({ id }) => id === this.#id);
  }

  /** @param {string} id */
  #resultsOf(id) {
    const known = this.#all.get(id) ?? new Results((check) => `/learn/drills/${id}/trace?check=${encodeURIComponent(check.id)}&run=${this.#drill?.run ?? 0}`);
    this.#all.set(id, known);
    return known;
  }

  /** Chooses what is shown: what was saved last, else what was looked at last, else what was begun. */
  #choose() {
    const all = learn.all(this.#slug);
    const isFirst = this.#id === "";
    const saved = all.find(({ id, phase, run, took_ms }) => phase === "graded" && took_ms !== null && this.#seen.has(id) && this.#seen.get(id) !== run);
    for (const { id, phase, run } of all) if (phase === "graded" || isFirst) this.#seen.set(id, phase === "graded" ? run : 0);
    if (saved && saved.id !== this.#id) this.#turnTo(saved);
    if (!isFirst || all.length === 0) return;
    const remembered = all.find((drill) => drill.language === language());
    this.#turnTo(remembered ?? all.find(({ started }) => started) ?? all[0]);
  }

  /** @param {Drill} drill */
  #turnTo({ id }) {
    this.#id = id;
    const { bar, element } = this.#results;
    this.#results = this.#resultsOf(id);
    bar.replaceWith(this.#results.bar);
    element.replaceWith(this.#results.element);
    this.#refresh = () => {};
    this.#say("");
    this.#askReset(false);
  }

  /** A button for each language, where there are several. */
  #tabs() {
    const all = learn.all(this.#slug);
    keep(this.#languages, all.map(({ id, passed }) => [id, passed]), () => all.length < 2 ? [] : all.map((drill) => html("button", {
      type: "button",
      "data-id": drill.id,
      click: () => {
        language(drill.language);
        this.#turnTo(drill);
        this.#show();
      },
    }, drill.spoken, drill.passed && html("span", { class: "sign good", role: "img", "aria-label": ", passed" }, " ✓"))));
    for (const button of this.#languages.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.id === this.#id));
  }

  /** @param {HTMLElement[]} parts */
  #figure(...parts) {
    return html("div", { class: "ba-figure verdict", role: "group", "aria-label": "What the grader says" }, ...parts);
  }

  /** @param {Recorded} recorded */
  #recorded({ source, walks, verdict }) {
    const results = new Results((check) => walks.includes(check.id) ? `verdicts/${this.#slug}.${check.id}.json` : null);
    this.replaceChildren(html("div", { class: "invitation" }, ...this.childNodes), this.#figure(
      html("p", { class: "what" }, "Until then, a recording. The grader says of ", html("code", {}, source), ":"),
      html("p", { class: "outcome" }, ...outcome(verdict)), results.bar, results.element));
    results.show(verdict);
  }

  #show() {
    const { state, link } = learn;
    this.#choose();
    this.#tabs();
    const drill = this.#drill;
    const isLost = link === "lost";
    this.#link.hidden = !isLost;
    this.#link.textContent = isLost ? "Not connected: `cargo learn` does not answer. What you see is what it said last. Start it again, and this page connects by itself." : "";
    const { phase = "waiting", run = 0, errors = [] } = drill ?? {};
    const verdict = drill ? current(drill) : null;
    keep(this.#prepare, state?.prepare, () => state ? preparing(state.prepare) : []);
    // The number distinguishes one verdict from the next, also for screen readers.
    keep(this.#outcome, [this.#id, verdict, errors, phase === "grading" && verdict ? run - 1 : run, verdict ? "" : phase, !state, drill?.words], () => this.#told());
    this.#now.textContent = phase === "grading" || (phase === "waiting" && verdict) ? "grading…" : verdict && run > 0 ? graded(run, drill?.took_ms ?? null) : "";
    keep(this.#notes, drill && [drill.phase, drill.words, drill.file, drill.open, drill.changed_upstream, drill.passed, drill.best, drill.max, verdict?.status, elsewhere(drill)], () => drill ? notes(drill) : []);
    this.#results.bar.hidden = this.#results.element.hidden = !verdict;
    if (verdict) this.#results.show(verdict, errors);
    const next = drill?.passed && drill.next ? learn.all(drill.next)[0] : undefined;
    const done = learn.path.every((all) => all.some(({ passed }) => passed));
    keep(this.#next, [drill?.passed, next?.slug, done], () => drill?.passed ? onward(next, done) : []);
    keep(this.#hints, drill?.hints, () => (drill?.hints ?? []).map((hint) => html("li", { tabindex: -1 }, ...inWords(hint))));
    this.#hint.textContent = drill?.hints.length ? "Show one hint more" : "Show a hint";
    this.#grade.textContent = run > 0 ? "Grade again" : "Grade now";
    const hadFocus = document.activeElement === this.#hint;
    this.#hint.hidden = !drill?.more_hints;
    if (hadFocus && this.#hint.hidden) /** @type {HTMLElement | null} */ (this.#hints.lastElementChild)?.focus();
    keep(this.#solution, [this.#id, drill?.passed], () => drill?.passed ? [this.#compare()] : []);
    this.#solution.hidden = phase === "missing";
    const result = `${this.#id} ${phase} ${run}`;
    if (["waiting", "grading"].includes(phase) || this.#result === result) return;
    this.#result = result;
    if (this.#outlives === 0) this.#say("");
    else this.#outlives -= 1;
    this.#refresh();
    // For tests that wait for it.
    if (phase === "graded") this.dataset.graded = String(run);
  }

  /** The first line: the verdict, or why there is none. */
  #told() {
    const drill = this.#drill;
    if (!learn.state) return ["Connecting to `cargo learn` …"];
    if (!drill) return ["`cargo learn` knows no drill of this name."];
    const { phase, words, errors, file } = drill;
    const verdict = current(drill);
    if (phase === "error" || phase === "missing") {
      return [html("strong", { class: "bad" }, phase === "missing" ? "The file is missing" : "Not graded"), ": ", ...inWords(words)];
    }
    if (verdict) return outcome(verdict, errors);
    if (phase === "grading") return ["Grading what is there."];
    return ["Not graded yet. ", html("code", {}, file), " is graded when the grader is ready, and each time you save it."];
  }

  /**
   * A button that asks the server to do something.
   * @param {string} text
   * @param {string} what
   */
  #button(text, what) {
    const button = html("button", { type: "button", click: async () => {
      button.setAttribute("aria-disabled", "true");
      this.#say("");
      try {
        const answer = await learn.ask(`${this.#id}/${what}`, "POST");
        // The stub is graded next; the reader can read on meanwhile.
        if (what === "reset") this.#say(wasReset(answer), 1);
      } catch (error) {
        this.#say(`That did not work: ${error instanceof Error ? error.message : error}.`);
      }
      button.removeAttribute("aria-disabled");
      if (what === "reset") this.#askReset(false, true);
    } }, text);
    return button;
  }

  /**
   * @param {string} text
   * @param {number} [outlives] how many results
   */
  #say(text, outlives = 0) {
    keep(this.#said, text, () => inWords(text));
    this.#outlives = outlives;
  }

  /**
   * @param {boolean} sure whether the question is open
   * @param {boolean} [focus]
   */
  #askReset(sure, focus = false) {
    const ask = html("button", { type: "button", class: "quiet", click: () => this.#askReset(true, true) }, "Put the stub back");
    const yes = this.#button("Yes, put it back", "reset");
    const no = html("button", { type: "button", click: () => this.#askReset(false, true) }, "No");
    const question = this.#drill?.phase === "missing" ? "Put the stub where your file was?" : "Put the stub in place of your file? Yours is kept in `.learner/backups/`.";
    this.#reset.replaceChildren(...sure ? [html("span", {}, ...inWords(question)), yes, no] : [ask]);
    if (focus) (sure ? no : ask).focus();
  }

  #compare() {
    return opens({}, "Compare with the reference solution", () => {
      const column = (/** @type {string} */ name) => {
        const code = html("code");
        return { code, element: html("figure", {}, html("figcaption", {}, name), html("pre", { tabindex: 0, role: "group", "aria-label": `${name}, may scroll` }, code)) };
      };
      const [reference, yours] = [column("The reference"), column("Yours")];
      const said = html("p", { role: "status" }, "Fetching both …");
      this.#refresh = () => {
        learn.ask(`${this.#id}/solution`).then((both) => {
          reference.code.textContent = both.reference;
          yours.code.textContent = both.yours;
          said.textContent = "";
        }).catch((error) => {
          said.textContent = `They cannot be shown: ${error.message}.`;
        });
      };
      this.#refresh();
      return [said, html("div", { class: "side-by-side" }, yours.element, reference.element)];
    });
  }
}

/** @param {{already: boolean, backup: string | null}} answer */
function wasReset({ already, backup }) {
  if (already) return "Your file is the stub already.";
  return backup === null ? "The stub is back." : `The stub is back. What you had is in \`${backup}\`.`;
}

/**
 * @param {number} run
 * @param {number | null} took
 */
function graded(run, took) {
  return `graded ${run === 1 ? "once" : `${run} times`}${took === null ? "" : `, ${(took / 1000).toFixed(2)} s after you saved`}`;
}

/** @param {Prepare} prepare */
function preparing({ phase, done, total, words }) {
  if (phase === "ready") return [];
  if (phase === "failed") return [html("p", { class: "bad" }, `The grader could not be built: ${words}`)];
  const isKnown = total > 0;
  return [
    html("p", {}, "The grader is being built, once. Read on meanwhile; verdicts come when it is ready. ", html("span", { class: "soft" }, isKnown ? `${words}, ${done} of ${total}` : words)),
    html("progress", { "aria-label": "Building the grader", ...isKnown ? { max: total, value: done } : {} }),
  ];
}

/**
 * The languages in which a drill has passed, where it has not in this one.
 * @param {Drill} drill
 */
function elsewhere({ slug, passed }) {
  return passed ? "" : learn.all(slug).filter((it) => it.passed).map(({ spoken }) => spoken).join(" and ");
}

/** @param {Drill} drill */
function notes(drill) {
  const { phase, words, file, open, changed_upstream, passed, best, max } = drill;
  const verdict = current(drill);
  const others = elsewhere(drill);
  return [
    (verdict || phase === "error") && html("p", { class: "soft" }, html("code", {}, file), " ", editor(open, "Open in the editor")),
    passed && verdict?.status !== "passed" && html("p", { class: "good" }, `You have passed this drill before, with ${best} of ${max} points. That stays.`),
    others !== "" && html("p", { class: "good" }, `You have passed this drill in ${others}: it counts as passed.`),
    phase === "graded" && words !== "" && html("p", {}, ...inWords(words)),
    changed_upstream && html("p", {}, "The stub of this drill has changed since you began. Your file was left alone. To begin with the new one, put the stub back."),
  ];
}

/**
 * @param {Drill | undefined} next
 * @param {boolean} done whether every drill is passed
 */
function onward(next, done) {
  if (next) return [html("p", {}, "Next: ", html("a", { href: place(next.page) }, next.title))];
  return done ? [html("p", {}, "That was the last one: you have passed every drill. ", html("a", { href: place("progress.html") }, "Your progress"))] : [];
}

customElements.define("drill-panel", DrillPanel);
