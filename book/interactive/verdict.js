// @ts-check
// A verdict, as elements. Every text in it was written by somebody else, perhaps a
// submission: it goes into the page as text, never as markup.

import { html, keep, opens, own, svg, words } from "./dom.js";
import "./loop-strip.js";
import "./schedule-walker.js";

/** @typedef {import("./learn.js").Verdict} Verdict */
/** @typedef {import("./learn.js").Check} Check */
/** @typedef {import("./learn.js").Mistake} Mistake */

const OUTCOMES = {
  passed: "Passed",  failed: "Not yet",
  compile_error: "Does not compile",
  rejected: "Rejected",
  crashed: "Crashed",
  timed_out: "Ran out of time",
  infra_error: "Not graded",
};

/** With these no check was judged: the words of rustc or the grader are all there is. */
const UNJUDGED = ["compile_error", "rejected", "infra_error"];

/** Who says why a file cannot be loaded. */
const LOADERS = /** @type {Record<string, string>} */ ({ python: "Python", node: "Node.js" });

/** @param {Verdict} verdict */
const loader = ({ language = "rust" }) => LOADERS[language] ?? "rustc";

/** More turns than a reader would take one by one. */
const MOST_TURNS = 40;

/**
 * A verdict in a line, for eyes and ears.
 * @param {Verdict} verdict
 * @param {Mistake[]} [mistakes]
 */
export function outcome(verdict, mistakes = []) {
  const { status, score, max_score, checks, metrics } = verdict;
  const held = checks.filter((check) => check.status === "passed").length;
  const points = `${score} of ${max_score} points`;
  const told = () => {
    switch (status) {
      case "passed": return score < max_score ? `${points}; what is missing is mastery` : points;
      case "compile_error": return mistakes.length > 0 ? plural(mistakes.length, "error") : `${loader(verdict)} says why below`;
      case "rejected": return "it was not compiled; see the reason below";
      case "infra_error": return "the grader could not do its work, which says nothing about your code";
      default: return `${points}; ${held} of ${plural(checks.length, "check")} ${held === 1 ? "holds" : "hold"}`;
    }
  };
  return [
    html("strong", { class: status === "passed" ? "good" : status === "failed" ? "" : "bad" },
      html("span", { class: "sign", "aria-hidden": "true" }, status === "passed" ? "✓" : status === "failed" ? "·" : "✗"), ` ${OUTCOMES[status] ?? status}`),
    `: ${told()}.`,
    ...(metrics.by_hand === undefined ? [] : [metrics.by_hand ? " Written by hand." : " For mastery: write it by hand, without a ready-made shared future."]),
  ];
}

/**
 * How many, and of what.
 * @param {number} number
 * @param {string} noun
 */
export function plural(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * A link that opens a file in an editor; nothing if no editor is known.
 * @param {string | null} address
 * @param {string} text
 */
export function editor(address, text) {
  if (!address || !/^[a-z][a-z0-9+.-]*:/i.test(address) || /^(javascript|data|blob|vbscript):/i.test(address)) return null;
  return html("a", { class: "editor", href: address }, text);
}

/** Everything shown of a verdict except its first line. */
export class Results {
  /** Stands apart, below the first line. */
  bar = html("div", { class: "points-bar" });
  #mistakes = html("div", { class: "mistakes" });
  #failed = html("ul", { class: "checks" });
  #others = html("div", { class: "others" });
  #loop = html("div", { class: "loop" });
  #facts = html("div", { class: "facts" });
  element = html("div", { class: "results" }, this.#mistakes, this.#failed, this.#loop, this.#others, this.#facts);
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();
  #trace;

  /** @param {(check: Check) => string | null} trace where a check's failing schedule was recorded */
  constructor(trace) {
    this.#trace = trace;
  }

  /**
   * @param {Verdict} verdict
   * @param {Mistake[]} [mistakes]
   */
  show(verdict, mistakes = []) {
    const { status, diagnostics, output, metrics } = verdict;
    const isJudged = !UNJUDGED.includes(status);
    const checks = isJudged ? verdict.checks : [];
    const of = (/** @type {string} */ wanted) => checks.filter((check) => check.status === wanted);
    const failed = of("failed");

    keep(this.bar, checks.map(({ status, max_points }) => [status, max_points]), () => checks.length > 0 ? [bar(checks)] : []);
    keep(this.#mistakes, [mistakes, diagnostics, isJudged], () => isJudged && diagnostics === "" ? [] : [
      html("ul", { class: "errors" }, ...mistakes.map(mistake)),
      diagnostics !== "" && opens({ open: mistakes.length === 0 }, status === "compile_error" ? `What ${loader(verdict)} says` : "The reason", () => [block(diagnostics)]),
    ]);

    for (const [at, check] of failed.entries()) {
      const item = this.#items.get(check.id) ?? html("li", { class: "check" });
      this.#items.set(check.id, item);
      keep(item, check, () => this.#failure(verdict, check, at === 0));
    }
    keep(this.#failed, failed.map(({ id }) => id), () => failed.map(({ id }) => this.#items.get(id) ?? null));

    const list = (/** @type {Check[]} */ some) => [html("ul", { class: "checks" }, ...some.map((check) => html("li", { class: "check" }, title(check),
      check.message !== "" && html("p", { class: "fact" }, ...words(check.message)))))];
    const skipped = of("skipped");
    const passed = of("passed");
    keep(this.#others, [skipped, passed], () => [
      skipped.length > 0 && opens({}, `${plural(skipped.length, "check")} could not be judged yet`, () => list(skipped)),
      passed.length > 0 && opens({}, `${plural(passed.length, "check")} ${passed.length === 1 ? "holds" : "hold"}`, () => list(passed)),
      output !== "" && opens({}, "What your code printed", () => [block(output)]),
    ]);
    this.#strip(metrics);
    keep(this.#facts, [metrics, verdict.sandbox, isJudged], () => isJudged ? facts(verdict) : []);
  }

  /**
   * @param {Verdict} verdict
   * @param {Check} check
   * @param {boolean} open
   */
  #failure(verdict, check, open) {
    const { schedule, timeline } = check;
    const told = () => html("ol", { class: "timeline" }, ...timeline.map(line));
    const again = schedule && html("p", { class: "again" }, "The same in your terminal: ", html("code", {}, `cargo grader replay ${verdict.drill} ${verdict.submission} ${schedule}`));
    const trace = schedule && walkable(schedule) ? this.#trace(check) : null;
    return [
      title(check),
      html("p", { class: "fact" }, ...words(check.message)),
      check.hint !== "" && html("p", { class: "think" }, html("span", { class: "soft" }, "Think: "), ...words(check.hint)),
      timeline.length > 0 && opens({ open }, schedule ? "The schedule that broke it" : "What happened", () => [
        trace === null ? html("div", {}, told(), again || null) : own("schedule-walker", { trace }, told(), again || null),
      ]),
    ];
  }

  /** @param {Verdict["metrics"]} metrics */
  #strip({ loop_latency: yours, stub_loop_latency: stub }) {
    keep(this.#loop, [yours, stub], () => {
      if (!yours) return [];
      const strip = /** @type {import("./loop-strip.js").LoopStrip} */ (own("loop-strip"));
      const series = (/** @type {string} */ name, /** @type {import("./learn.js").Loop} */ { stalls, waits }) => ({ name, stalls, waits });
      strip.recording = { unit: "ms", series: [...stub ? [series("the stub", stub)] : [], series("yours", yours)] };
      return [html("h3", {}, stub ? "The loop: the stub’s and yours" : "The loop"), strip];
    });
  }
}

/**
 * A segment for each check, as wide as its points. The text beside it says the same.
 * @param {Check[]} checks
 */
function bar(checks) {
  const all = checks.reduce((sum, check) => sum + check.max_points, 0) || 1;
  let x = 0;
  return svg("svg", { viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" }, ...checks.map(({ status, max_points }) => {
    const width = (max_points / all) * 100;
    x += width;
    return svg("rect", { class: status, x: x - width, y: 0, width: Math.max(0.1, width - 0.4), height: 1 });
  }));
}

/** @param {Check} check */
function title({ id, title, status, required, points, max_points }) {
  const [sign, name] = { passed: ["✓", "holds"], failed: ["✗", "fails"] }[/** @type {string} */ (status)] ?? ["–", "not judged"];
  return html("p", { class: `title ${status}` },
    html("span", { class: "sign", role: "img", "aria-label": name }, sign),
    html("span", { class: "what-for" }, ...words(title), !required && html("span", { class: "soft" }, " (mastery)")),
    html("span", { class: "points" }, html("code", {}, id), ` ${points}/${max_points}`));
}

/** @param {Mistake} mistake */
function mistake({ file, line, column, message, open }) {
  const where = [file, line, column].filter((part) => part !== null).join(":");
  return html("li", {},
    where !== "" && html("span", { class: "where" }, editor(open, where) ?? html("code", {}, where)),
    html("span", {}, ...words(message)));
}

/** @param {string} text a line of a timeline, as the terminal shows it */
function line(text) {
  const [kind, told] = text.startsWith("=>") ? ["broken", text.slice(2)] : text.startsWith(" ") ? ["follows", text] : ["", text];
  return html("li", { class: kind }, ...words(told.trim()));
}

/** @param {string} text */
function block(text) {
  return html("pre", { tabindex: 0, role: "group", "aria-label": "Output, may scroll" }, html("code", {}, text));
}

/**
 * Whether the walker knows all turns of a replay key: it knows requests and fetches,
 * but not hashes.
 * @param {string} key
 */
function walkable(key) {
  const turns = key.split(":").slice(2).join(":").split(".");
  return turns.length <= MOST_TURNS && turns.every((turn) => /^[qrnepxtw]/.test(turn));
}

/** @param {Verdict} verdict */
function facts({ metrics, sandbox }) {
  const { schedules, fetches, compile_ms, run_ms } = metrics;
  const parts = [
    schedules ? plural(schedules, "schedule") : "",
    fetches ? plural(fetches, "fetch").replace(/hs$/, "hes") : "",
    compile_ms ? `compiled in ${compile_ms} ms` : "",
    run_ms ? `ran for ${run_ms} ms` : "",
  ].filter((part) => part !== "");
  return [
    parts.length > 0 && html("p", { class: "soft" }, `${parts.join(", ")}.`),
    sandbox !== undefined && sandbox !== "full" && html("p", { class: "soft" }, "Graded without a full sandbox; ", html("code", {}, "cargo grader doctor"), " says what is missing."),
  ];
}
