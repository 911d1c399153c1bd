// A stand-in for `cargo learn`: it serves the site, and reports of the drills what a
// test tells it to. `grader/src/learn/` is the real one; journey.mjs uses that.

import { randomBytes } from "node:crypto";
import { answer, listen } from "./site.mjs";

/** A drill without a verdict. */
export function drill(slug, more = {}) {
  return {
    id: slug,
    language: "rust",
    spoken: "Rust",
    slug,
    title: { cache_race: "The cache race", inflight_fix: "One fetch, however many ask", offload: "Offload the hash" }[slug],
    page: `${slug}.html`,
    file: `exercises/${slug}/src/lib.rs`,
    phase: "waiting",
    run: 0,
    verdict: null,
    words: "",
    hints: [],
    more_hints: true,
    passed: false,
    best: 0,
    max: 100,
    first_passed_at: null,
    worked_seconds: 0,
    minutes: 30,
    started: true,
    changed_upstream: false,
    errors: [],
    took_ms: null,
    open: null,
    next: null,
    ...more,
  };
}

/** The same drill in Python, which a test puts behind its own. */
export function inPython(slug, more = {}) {
  return drill(slug, { id: `${slug}/python`, language: "python", spoken: "Python", file: `exercises/${slug}/python/${slug}.py`, started: false, ...more });
}

/** A server that can be stopped and started again, on the same port, with a new token. */
export class Mock {
  state = {
    course: "Between Awaits",
    grader: "0.1.0",
    token: "",
    book: { edition: "edition 1", words: "" },
    prepare: { phase: "ready", done: 80, total: 80, words: "" },
    drills: ["cache_race", "inflight_fix", "offload"].map((slug) => drill(slug)),
  };

  /** The requests so far, `POST /learn/…`, and the refused ones. */
  asked = [];
  /** The answers to requests for traces, by `SLUG ID`. */
  traces = {};
  solution = { reference: "// the reference", yours: "// yours" };
  /** The outcome of putting the stub back. */
  reset = { already: false, backup: ".learner/backups/inflight_fix/1" };
  token = "";
  port = 0;
  /** How many streams of events were ever opened. */
  opened = 0;
  #server;
  #streams = new Set();

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many streams of events are open. */
  get streams() {
    return this.#streams.size;
  }

  async start() {
    this.token = randomBytes(16).toString("hex");
    this.state.token = this.token;
    const { server, port } = await listen((request, response) => this.#answer(request, response), this.port);
    this.#server = server;
    this.port = port;
    return this;
  }

  async stop() {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    this.#streams.clear();
  }

  /** Changes the state of a drill, and sends it. */
  set(id, more) {
    const found = this.state.drills.find((one) => one.id === id);
    Object.assign(found, more);
    this.say("drill", found);
  }

  /** Serves another book from now on; `isTold` says whether pages are told. */
  rebuild(edition, isTold = true) {
    this.state.book = { edition, words: "" };
    if (isTold) this.say("book", this.state.book);
  }

  say(event, what) {
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(what)}\n\n`);
  }

  #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.origin);
    const json = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (pathname === "/learn/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(`retry: 1000\nevent: state\ndata: ${JSON.stringify(this.state)}\n\n`);
      this.#streams.add(response);
      this.opened += 1;
      request.on("close", () => this.#streams.delete(response));
      return;
    }
    const [, slug, what] = pathname.match(/^\/learn\/drills\/([\w/]+)\/(\w+)$/) ?? [];
    if (!slug) {
      const meta = `<meta name="learn-token" content="${this.token}"><meta name="learn-edition" content="${this.state.book.edition}">`;
      response.setHeader("cache-control", "no-store");
      answer(request, response, {}, (page) => page.replace("</head>", `${meta}</head>`));
      return;
    }
    if (request.method === "POST") {
      this.asked.push(`${slug} ${what}`);
      if (request.headers["x-learn-token"] !== this.token) return json(403, { error: "no token" });
      return this.#post(slug, what, json);
    }
    if (what === "solution") {
      const isOpen = this.state.drills.find((one) => one.id === slug)?.passed;
      return isOpen ? json(200, this.solution) : json(403, { error: "not passed yet" });
    }
    const trace = this.traces[`${slug} ${searchParams.get("check")}`];
    return trace ? json(200, trace) : json(404, { error: "no schedule" });
  }

  #post(slug, what, json) {
    const found = this.state.drills.find((one) => one.id === slug);
    if (what === "hint") {
      const hints = [...found.hints, `Hint ${found.hints.length + 1} of ${slug}.`];
      this.set(slug, { hints, more_hints: hints.length < 3 });
    } else if (what === "grade") {
      this.set(slug, { phase: "grading", run: found.run + 1 });
    } else if (what === "reset") {
      this.set(slug, { phase: "grading", run: found.run + 1 });
      return json(200, this.reset);
    } else {
      return json(404, { error: "there is no such thing" });
    }
    return json(what === "grade" ? 202 : 200, found);
  }
}

