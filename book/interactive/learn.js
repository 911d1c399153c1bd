// @ts-check
// The connection to `cargo learn`, one for all elements of a page. A book that it
// serves carries a token; a book that is hosted elsewhere has none and stays as it is.

import { hear } from "./events.js";

/**
 * @typedef {object} Check
 * @property {string} id
 * @property {string} title
 * @property {boolean} required
 * @property {"passed" | "failed" | "skipped"} status
 * @property {number} points
 * @property {number} max_points
 * @property {string} message
 * @property {string} hint
 * @property {string | null} [schedule]
 * @property {string[]} timeline
 */

/**
 * The drawn part of a loop's picture; each pair is a time and a duration.
 * @typedef {{stalls: [number, number][], waits: [number, number][]}} Loop
 */

/**
 * As `grader/src/grade/verdict.rs` describes it.
 * @typedef {object} Verdict
 * @property {string} drill
 * @property {string} submission
 * @property {string} [language] Rust where none is named
 * @property {"passed" | "failed" | "compile_error" | "rejected" | "crashed" | "timed_out" | "infra_error"} status
 * @property {number} score
 * @property {number} max_score
 * @property {string} [sandbox] not kept in a recording
 * @property {Check[]} checks
 * @property {{fetches?: number, schedules?: number, compile_ms?: number, run_ms?: number, by_hand?: boolean, loop_latency?: Loop, stub_loop_latency?: Loop}} metrics
 * @property {string} diagnostics
 * @property {string} output
 */

/** @typedef {{file: string | null, line: number | null, column: number | null, message: string, open: string | null}} Mistake */

/**
 * A drill in one of its languages.
 * @typedef {object} Drill
 * @property {string} id the slug, or `SLUG/python`
 * @property {string} language
 * @property {string} spoken what the language is called
 * @property {string} slug
 * @property {string} title
 * @property {string} page
 * @property {string} file
 * @property {"waiting" | "grading" | "graded" | "missing" | "error"} phase
 * @property {number} run gradings begun
 * @property {Verdict | null} verdict during a new grading, the previous one
 * @property {string} words what to do, when it cannot be graded or kept
 * @property {number | null} took_ms from the save to the verdict
 * @property {string[]} hints
 * @property {boolean} more_hints
 * @property {boolean} passed once, perhaps with another file than the present one
 * @property {number} best
 * @property {number} max
 * @property {number | null} first_passed_at in seconds since 1970, if it was noted
 * @property {number} worked_seconds as far as gradings show
 * @property {number} minutes that it takes, by the course
 * @property {boolean} started whether the file is no longer the stub
 * @property {boolean} changed_upstream
 * @property {Mistake[]} errors
 * @property {string | null} open
 * @property {string | null} next
 */

/** @typedef {{phase: "waiting" | "building" | "ready" | "failed", done: number, total: number, words: string}} Prepare */

/** @typedef {{edition: string, words: string}} Book what is served; without an edition while the first one is built */

/** @typedef {{course: string, grader: string, token: string, book: Book, prepare: Prepare, drills: Drill[]}} State */

/**
 * Data that the server wrote into the page.
 * @param {string} name
 */
const told = (name) => document.querySelector(`meta[name="learn-${name}"]`)?.getAttribute("content") ?? "";

class Learn {
  /** @type {"none" | "opening" | "open" | "lost"} */
  link = "none";
  /** @type {State | undefined} */
  state;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {(() => void) | undefined} */
  #end;
  #token = told("token");
  #edition = told("edition");

  /** Whether the book is served by `cargo learn`. */
  get isServed() {
    return this.#token !== "";
  }

  /**
   * Calls `listener` now and whenever something has changed.
   * @param {() => void} listener
   */
  watch(listener) {
    this.#listeners.add(listener);
    if (this.isServed && this.#listeners.size === 1) {
      // A hidden window may be put to sleep, so only visible windows listen, and
      // one of them holds the connection.
      document.addEventListener("visibilitychange", () => this.#connect());
      addEventListener("pageshow", () => this.#connect());
      addEventListener("pagehide", () => this.#close());
      this.#connect();
    }
    listener();
  }

  /**
   * A drill in all its languages.
   * @param {string} slug
   */
  all(slug) {
    return this.state?.drills.filter((drill) => drill.slug === slug) ?? [];
  }

  /** Every drill once: all its languages. */
  get path() {
    const slugs = new Set(this.state?.drills.map(({ slug }) => slug));
    return [...slugs].map((slug) => this.all(slug));
  }

  /**
   * The server's answer about a drill.
   * @param {string} path after `/learn/drills/`
   * @param {"GET" | "POST"} [method]
   * @returns {Promise<any>}
   */
  async ask(path, method = "GET") {
    const headers = /** @type {Record<string, string>} */ (method === "POST" ? { "x-learn-token": this.#token } : {});
    const answer = await fetch(`/learn/drills/${path}`, { method, headers }).catch(() => {
      throw new Error("`cargo learn` does not answer");
    });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(body.error ?? `\`cargo learn\` answered ${answer.status}`);
    return body;
  }

  #connect() {
    if (document.visibilityState === "hidden") {
      this.#close();
      return;
    }
    if (this.#end) return;
    if (this.link === "none") this.link = "opening";
    this.#end = hear((name, what) => {
      this.#take(name, what);
      this.#tell();
    }, () => [...this.state ? [/** @type {[string, State]} */ (["state", this.state])] : [], ...this.link === "lost" ? [/** @type {[string]} */ (["lost"])] : []]);
  }

  #close() {
    this.#end?.();
    this.#end = undefined;
  }

  /**
   * @param {string} name
   * @param {any} what
   */
  #take(name, what) {
    if (name === "lost") this.link = "lost";
    if (name === "state") {
      this.state = what;
      // A restarted server has another one.
      this.#token = what.token;
      this.link = "open";
    }
    if (!this.state) return;
    if (name === "book") this.state.book = what;
    if (name === "prepare") this.state.prepare = what;
    if (name === "drill") this.state.drills = this.state.drills.map((drill) => drill.id === what.id ? what : drill);
  }

  #tell() {
    const now = this.state?.book.edition;
    if (now && now !== this.#edition) {
      location.reload();
      return;
    }
    for (const listener of this.#listeners) listener();
  }
}

/**
 * Where a page of the book is.
 * @param {string} page from the book's folder
 */
export function place(page) {
  return new URL(page, new URL("../", import.meta.url)).href;
}

/**
 * The language that the reader looked at last, if it was kept.
 * @param {string} [chosen] kept from now on
 */
export function language(chosen) {
  try {
    if (chosen) localStorage.setItem("language", chosen);
    return localStorage.getItem("language") ?? "";
  } catch {
    return chosen ?? ""; // Nothing is kept.
  }
}

/**
 * The verdict on the present file. If there is nothing to judge, or no grader, the
 * last verdict was about another text.
 * @param {Drill} drill
 */
export function current({ phase, verdict }) {
  return phase === "missing" || phase === "error" ? null : verdict;
}

export const learn = new Learn();
learn.watch(() => {}); // Even if no element watches.
