// A drill's page and the overview while `cargo learn` runs, in every phase it can be
// in. A stand-in plays the server; journey.mjs uses the real one.

import { test } from "node:test";
import assert from "node:assert/strict";
import { axe, motion, overflow, resize, violations } from "./every_page.mjs";
import { Mock, inPython } from "./mock.mjs";
import { text } from "./site.mjs";
import { DESKTOP, PHONE, none, open, ready, tab, until } from "./stage.mjs";

/** A real verdict, as the book shows it without `cargo learn`. */
const recorded = (slug) => JSON.parse(text(`interactive/verdicts/${slug}.json`)).verdict;

/** A failed verdict whose schedules a server can play again. */
export const withTraces = (mock) => {
  for (const check of ["one_fetch", "cached"]) {
    mock.traces[`inflight_fix ${check}`] = JSON.parse(text(`interactive/verdicts/inflight_fix.${check}.json`));
  }
  return recorded("inflight_fix");
};

const unjudged = (status, diagnostics) => {
  const verdict = recorded("inflight_fix");
  return { ...verdict, status, score: 0, diagnostics, checks: verdict.checks.map((check) => ({ ...check, status: "skipped", points: 0, message: "", hint: "", timeline: [], schedule: undefined })) };
};

const passing = () => {
  const verdict = recorded("inflight_fix");
  return { ...verdict, status: "passed", score: 100, checks: verdict.checks.map((check) => ({ ...check, status: "passed", points: check.max_points, message: "", hint: "", timeline: [], schedule: undefined })) };
};

const RUSTC = "error[E0425]: cannot find value `x` in this scope\n --> src/lib.rs:12:9\n";

const MISTAKES = [
  { file: "src/lib.rs", line: 12, column: 9, message: "cannot find value `x` in this scope", open: "vscode://file/course/exercises/inflight_fix/src/lib.rs:12:9" },
  { file: "src/lib.rs", line: 14, column: 1, message: "expected `;`", open: "javascript:alert(1)" },
  { file: null, line: null, column: null, message: "it offers no `UserCache`", open: null },
];

/** The page's text in each state that looks different. */
export const LOOKS = {
  preparing: (mock) => mock.say("prepare", mock.state.prepare = { phase: "building", done: 12, total: 80, words: "compiling tokio" }),
  failed: (mock) => mock.set("inflight_fix", { phase: "graded", run: 3, verdict: recorded("inflight_fix"), hints: ["First."], changed_upstream: true }),
  "does not compile": (mock) => mock.set("inflight_fix", { phase: "graded", run: 4, verdict: unjudged("compile_error", RUSTC), errors: MISTAKES }),
  passed: (mock) => mock.set("inflight_fix", { phase: "graded", run: 5, verdict: passing(), errors: [], passed: true, best: 100, next: "offload" }),
};

/** @param {import("./stage.mjs").Stage} stage */
export function live(stage) {
  /** A test with a server of its own. */
  const scene = (name, body, options = {}) => test(name, async () => {
    const mock = await new Mock().start();
    const on = { browser: stage.browser, site: { origin: mock.origin, close: () => {} } };
    const page = await tab(on, options);
    try {
      await body({ mock, on, page, panel: page.locator("drill-panel") });
    } finally {
      await page.context().close();
      await mock.stop();
    }
  });
  const play = (name, path, body) => scene(name, async (all) => {
    await open(all.on, all.page, path);
    await body(all);
    none(all.page.complaints, "complaints");
  });
  const outcome = (panel) => panel.locator(".outcome");
  const says = (panel, words) => panel.locator(".outcome", { hasText: words }).waitFor();
  const press = async (button) => {
    await button.focus();
    await button.press("Enter");
  };

  play("a page says that the grader is being built, and how far it is", "inflight_fix.html", async ({ mock, panel }) => {
    await says(panel, "Not graded yet. exercises/inflight_fix/src/lib.rs is graded when the grader is ready");
    LOOKS.preparing(mock);
    await panel.getByText("compiling tokio, 12 of 80").waitFor();
    assert.equal(await panel.getByRole("progressbar").getAttribute("value"), "12");
    mock.say("prepare", { phase: "failed", done: 12, total: 80, words: "there is no network" });
    await panel.getByText("The grader could not be built: there is no network").waitFor();
    mock.say("prepare", { phase: "ready", done: 80, total: 80, words: "" });
    await panel.getByRole("progressbar").waitFor({ state: "detached" });
  });

  play("a failed drill shows what fails, with its schedule, and what holds", "inflight_fix.html", async ({ mock, panel, page }) => {
    withTraces(mock);
    mock.set("inflight_fix", { phase: "grading", run: 1 });
    await says(panel, "Grading what is there.");
    LOOKS.failed(mock);
    await says(panel, "Not yet: 25 of 100 points; 3 of 13 checks hold.");
    assert.equal(await outcome(panel).getAttribute("role"), "status");
    assert.deepEqual(await panel.locator(":scope .checks").first().locator(".fact").allInnerTexts(), [
      "fetch 2 for user 7 began while fetch 1 was under way",
      "fetch 2 began for user 7, whose row had already been fetched",
    ]);
    const walker = panel.locator("schedule-walker").first();
    await walker.locator(".picture .wrong").waitFor({ state: "attached" });
    assert.match(await walker.getByRole("status").innerText(), /Broken: fetch 2 for user 7 began/);
    await press(walker.getByRole("button", { name: "From the start" }));
    await press(walker.getByRole("button", { name: "Request 1 starts" }));
    const told = await outcome(panel).locator("strong").elementHandle();
    // The same verdict again: nothing that was opened or walked is lost.
    mock.set("inflight_fix", { phase: "grading", run: 4 });
    await panel.getByText("grading…").waitFor();
    assert.ok(await told?.evaluate((it) => it.isConnected), "what was said is not said again while it is graded");
    mock.set("inflight_fix", { phase: "graded" });
    await panel.getByText("graded 4 times").waitFor();
    assert.match(await walker.getByRole("status").innerText(), /^Request 1 asks for user 7/);
    assert.ok(await page.evaluate(() => document.activeElement?.textContent?.startsWith("Request 2 starts")), "the focus stays");
    assert.equal(await panel.getByText("a failed fetch leaves nobody waiting").isVisible(), false);
    await panel.getByText("8 checks could not be judged yet").click();
    await panel.getByText("a failed fetch leaves nobody waiting").waitFor();
    await panel.getByText("The stub of this drill has changed since you began.").waitFor();
  });

  scene("a schedule that cannot be played again is told as a list", async ({ mock, on, page, panel }) => {
    LOOKS.failed(mock);
    await open(on, page, "inflight_fix.html");
    await panel.locator("schedule-walker[data-missing]").waitFor();
    const lines = panel.locator(".timeline").first();
    assert.match(await lines.innerText(), /request 2 asks for user 7[^]*fetch 2 begins/);
  });

  play("in a schedule of several users nobody seems to wait for another's fetch", "inflight_fix.html", async ({ mock, panel }) => {
    // Request 2 is stranded; then request 3 fetches another user.
    const edge = (turn, to, told, broken = []) => [turn, to, told, broken];
    mock.traces["inflight_fix one_fetch"] = { format: 1, drill: "inflight_fix", source: "by hand", key: "7:one_fetch", user: 7, callers: 3, schedules: 1, broken: 1,
      turns: ["q7", "n1", "q8"], texts: ["told", "request 2 waits, and nobody fetches user 7"], nodes: [
        { r: "", n: [edge(0, 1, [0])] }, { r: "w", f: "l1", n: [edge(0, 2, [0])] }, { r: "ww", f: "l1", n: [edge(1, 3, [0])] },
        { r: "ew", f: "e1", n: [edge(2, 4, [0], [1])] }, { r: "eww", f: "e1l3" }] };
    mock.set("inflight_fix", { phase: "graded", run: 1, verdict: recorded("inflight_fix") });
    const walker = panel.locator("schedule-walker").first();
    await walker.getByRole("status").getByText("nobody fetches user 7").waitFor();
    const bars = (kind) => walker.locator(`svg .bar.${kind}`).count();
    assert.deepEqual([await bars("follows"), await bars("stranded")], [1, 2]);
    await walker.getByRole("button", { name: "One turn back" }).click();
    await walker.getByRole("button", { name: "Request 3 asks for user 8" }).waitFor();
    assert.equal(await walker.getByText("Cache", { exact: true }).count(), 0, "whose row is cached is not known");
  });

  play("a compile error shows where it is, and opens the editor there", "inflight_fix.html", async ({ mock, panel }) => {
    LOOKS["does not compile"](mock);
    await says(panel, "Does not compile: 3 errors.");
    const link = panel.getByRole("link", { name: "src/lib.rs:12:9" });
    assert.equal(await link.getAttribute("href"), MISTAKES[0].open);
    await panel.getByText("cannot find value x in this scope", { exact: true }).waitFor();
    assert.equal(await panel.getByRole("link", { name: "src/lib.rs:14:1" }).count(), 0, "no link is a script");
    await panel.getByText("What rustc says").click();
    assert.match(await panel.locator("pre").innerText(), /error\[E0425\]/);
  });

  scene("a drill has a tab for each language, and keeps which one was chosen", async ({ mock, on, page, panel }) => {
    mock.state.drills.splice(2, 0, inPython("inflight_fix", { phase: "error", words: "no `python3` on the path; install it (on Debian: `apt install python3`)" }));
    withTraces(mock);
    await open(on, page, "inflight_fix.html");
    mock.set("inflight_fix", { phase: "graded", run: 1, verdict: passing(), passed: true, best: 100 });
    await says(panel, "Passed: 100 of 100 points.");
    const tabs = panel.getByRole("group", { name: "The language of your file" }).getByRole("button");
    const pressed = async () => (await tabs.evaluateAll((all) => all.map((tab) => `${tab.textContent} ${tab.getAttribute("aria-pressed")}`)));
    assert.deepEqual(await pressed(), ["Rust ✓ true", "Python false"]);
    await press(tabs.nth(1));
    await says(panel, "Not graded: no python3 on the path; install it (on Debian: apt install python3)");
    assert.deepEqual(await pressed(), ["Rust ✓ false", "Python true"]);
    assert.ok(await tabs.nth(1).evaluate((tab) => tab === document.activeElement), "the focus stays");
    await panel.getByText("You have passed this drill in Rust: it counts as passed.").waitFor();
    await panel.getByText("exercises/inflight_fix/python/inflight_fix.py").waitFor();
    // Another page, the same language; what is asked for is asked of it.
    await page.reload();
    await says(panel, "Not graded: no python3 on the path");
    await press(panel.getByRole("button", { name: "Show a hint" }));
    await panel.getByText("Hint 1 of inflight_fix/python.").waitFor();
    assert.deepEqual(mock.asked, ["inflight_fix/python hint"]);
    const PYTHON = 'Traceback (most recent call last):\n  File "inflight_fix.py", line 3, in <module>\nNameError: x\n';
    const verdict = { ...unjudged("compile_error", PYTHON), language: "python" };
    const errors = [{ file: "inflight_fix.py", line: 3, column: 1, message: "NameError: x", open: "vscode://file/course/exercises/inflight_fix/python/inflight_fix.py:3:1" }];
    mock.set("inflight_fix/python", { phase: "graded", run: 1, verdict, errors, words: "", took_ms: 300 });
    await panel.getByText("What Python says").waitFor();
    await panel.getByRole("link", { name: "inflight_fix.py:3:1" }).waitFor();
    // A file that is saved is the one that is looked at.
    mock.set("inflight_fix", { phase: "graded", run: 2, verdict: recorded("inflight_fix"), took_ms: 200 });
    await says(panel, "Not yet: 25 of 100 points");
    assert.deepEqual(await pressed(), ["Rust ✓ true", "Python false"]);
    assert.equal(await panel.getByText("NameError").filter({ visible: true }).count(), 0);
    none(page.complaints, "complaints");
    // On the way through the course any language counts.
    mock.set("inflight_fix", { passed: false, best: 0, started: false });
    mock.set("inflight_fix/python", { passed: true, best: 90, started: true, worked_seconds: 120 });
    await open(on, page, "progress.html");
    await page.getByText("1 of 3 drills passed.").waitFor();
    await page.getByText("Passed in Python, 90 of 100 points; you took 2 minutes").waitFor();
  });

  play("each other way to end is told in words", "inflight_fix.html", async ({ mock, panel }) => {
    const failed = withTraces(mock);
    for (const [verdict, words] of [
      [unjudged("rejected", "the file holds `unsafe`"), "Rejected: it was not compiled; see the reason below."],
      [unjudged("infra_error", "no linker"), "Not graded: the grader could not do its work, which says nothing about your code."],
      [unjudged("compile_error", RUSTC), "Does not compile: rustc says why below."],
      [{ ...failed, status: "crashed" }, "Crashed: 25 of 100 points"],
      [{ ...failed, status: "timed_out" }, "Ran out of time: 25 of 100 points"],
      [{ ...passing(), score: 98 }, "Passed: 98 of 100 points; what is missing is mastery."],
    ]) {
      mock.set("inflight_fix", { phase: "graded", run: 9, verdict });
      await says(panel, words);
      if (verdict.diagnostics) await panel.getByText(verdict.diagnostics.trim().split("\n")[0]).waitFor();
    }
    mock.set("inflight_fix", { phase: "missing", words: "put it back with `cargo grader reset inflight_fix`" });
    await says(panel, "The file is missing: put it back with cargo grader reset inflight_fix");
    mock.set("inflight_fix", { phase: "error", words: "the sandbox is gone" });
    await says(panel, "Not graded: the sandbox is gone");
  });

  play("where there is nothing to judge, nothing of the last verdict stands there", "inflight_fix.html", async ({ mock, panel }) => {
    const failed = withTraces(mock);
    const of = panel.locator(".results, .points-bar, .now:not(:empty), schedule-walker").filter({ visible: true });
    const compare = panel.getByText("Compare with the reference solution");
    LOOKS.passed(mock);
    await compare.click();
    await panel.getByText("// yours").waitFor();
    for (const [last, earlier] of /** @type {const} */ ([["Passed", passing()], ["Not yet", failed]])) {
      mock.set("inflight_fix", { phase: "graded", run: 5, verdict: earlier, words: "", took_ms: 240 });
      await says(panel, last);
      await panel.getByText("graded 5 times, 0.24 s after you saved").waitFor();
      assert.ok(await of.count() >= 3);
      mock.set("inflight_fix", { phase: "missing", words: "put it back with `cargo grader reset inflight_fix`" });
      await says(panel, "The file is missing: put it back with cargo grader reset inflight_fix");
      assert.deepEqual(await of.allInnerTexts(), []);
      assert.equal(await compare.isVisible(), false, "there is nothing to compare with");
      assert.equal(await panel.getByText("exercises/inflight_fix/src/lib.rs").count(), 0);
      await panel.getByText("You have passed this drill before, with 100 of 100 points.").waitFor();
      await panel.getByRole("link", { name: "Offload the hash" }).waitFor();
      mock.solution = { ...mock.solution, yours: `// after ${last}` };
      mock.set("inflight_fix", { phase: "error", words: "the sandbox is gone" });
      await says(panel, "Not graded: the sandbox is gone");
      assert.deepEqual(await of.allInnerTexts(), []);
      await panel.getByText("You have passed this drill before, with 100 of 100 points.").waitFor();
      await panel.getByText(`// after ${last}`).waitFor();
    }
  });

  play("hints come one at a time, by keyboard", "inflight_fix.html", async ({ mock, panel, page }) => {
    const button = panel.getByRole("button", { name: /Show .*hint/ });
    await button.focus();
    await page.keyboard.press("Enter");
    await panel.getByText("Hint 1 of inflight_fix.").waitFor();
    assert.equal(await button.innerText(), "Show one hint more");
    assert.ok(await button.evaluate((it) => it === document.activeElement));
    await page.keyboard.press("Enter");
    await panel.getByText("Hint 2 of inflight_fix.").waitFor();
    await page.keyboard.press("Enter");
    await panel.getByText("Hint 3 of inflight_fix.").waitFor();
    await button.waitFor({ state: "hidden" });
    assert.ok(await page.evaluate(() => document.activeElement?.textContent === "Hint 3 of inflight_fix."), "who pressed is led to the last one");
    assert.deepEqual(mock.asked, Array(3).fill("inflight_fix hint"));
  });

  play("who passed is led on, and may compare with the reference", "inflight_fix.html", async ({ mock, panel, page }) => {
    assert.equal(await panel.getByText("Compare with the reference solution").count(), 0);
    const failed = withTraces(mock);
    mock.solution = { reference: "// <b>the reference</b>", yours: "// <script>yours</script>" };
    LOOKS.passed(mock);
    await says(panel, "Passed: 100 of 100 points.");
    await panel.getByText("13 checks hold").waitFor();
    await panel.getByText("Compare with the reference solution").click();
    const texts = panel.locator(".side-by-side pre");
    await texts.getByText("yours").waitFor();
    assert.deepEqual(await texts.allInnerTexts(), [mock.solution.yours, mock.solution.reference]);
    // The file is changed again and fails: the pass stays.
    mock.set("inflight_fix", { run: 6, verdict: failed });
    await panel.getByText("You have passed this drill before, with 100 of 100 points.").waitFor();
    await panel.getByRole("link", { name: "Offload the hash" }).click();
    await page.waitForURL("**/offload.html");
  });

  play("the reference stands beside one's own where the window has room", "inflight_fix.html", async ({ mock, panel, page }) => {
    const long = `// ${"x".repeat(97)}\n`.repeat(3);
    mock.solution = { reference: long, yours: long };
    LOOKS.passed(mock);
    await panel.getByText("Compare with the reference solution").click();
    await panel.locator(".side-by-side").getByText("xxx").first().waitFor();
    const contents = page.getByRole("button", { name: "Contents" });
    for (const [width, isOpen, isBeside] of /** @type {const} */ ([
      [360, false, false], [768, false, false], [1024, false, true], [1280, true, true], [1280, false, true], [1440, true, true], [1920, true, true], [2560, false, true],
    ])) {
      const where = `${width} px, contents ${isOpen ? "open" : "closed"}`;
      await page.setViewportSize({ width, height: 900 });
      if ((await contents.getAttribute("aria-expanded") === "true") !== isOpen) await contents.click();
      const [yours, reference] = await panel.locator(".side-by-side figure").evaluateAll((all) => all.map((figure) => figure.getBoundingClientRect().toJSON()));
      assert.equal(yours.top === reference.top && yours.right < reference.left, isBeside, where);
      assert.equal(yours.bottom < reference.top, !isBeside, where);
      const around = await page.locator(".page").evaluate((it) => it.getBoundingClientRect().toJSON());
      assert.ok(yours.left > around.left && reference.right < around.right, `${where}: not over the edge`);
      none(await overflow(page), where);
    }
    assert.equal(await panel.locator(".side-by-side pre").evaluateAll((all) => all.filter((pre) => pre.scrollWidth > pre.clientWidth).length), 0, "in a wide window a line of 100 characters fits");
  });

  play("the stub is put back only when one is sure", "inflight_fix.html", async ({ mock, panel, page }) => {
    await press(panel.getByRole("button", { name: "Put the stub back" }));
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "No");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Put the stub back");
    assert.deepEqual(mock.asked, []);
    await page.keyboard.press("Enter");
    await press(panel.getByRole("button", { name: "Yes, put it back" }));
    await panel.getByText("The stub is back. What you had is in .learner/backups/inflight_fix/1.").waitFor();
    assert.deepEqual(mock.asked, ["inflight_fix reset"]);
    await press(panel.getByRole("button", { name: /^Grade / }));
    await panel.getByText("grading…").waitFor();
  });

  play("what putting the stub back did is told until something else is graded", "inflight_fix.html", async ({ mock, panel }) => {
    const said = panel.locator(".answered");
    const verdict = withTraces(mock);
    const graded = async (run) => {
      mock.set("inflight_fix", { phase: "graded", run, verdict, words: "" });
      await panel.locator(":scope[data-graded='" + run + "']").waitFor();
    };
    const putBack = async () => {
      await press(panel.getByRole("button", { name: "Put the stub back" }));
      const question = await panel.locator(".reset span").innerText();
      await press(panel.getByRole("button", { name: "Yes, put it back" }));
      await panel.getByRole("button", { name: "Put the stub back" }).waitFor();
      return question;
    };
    await graded(3);
    for (const [reset, phase, words] of /** @type {const} */ ([
      [mock.reset, "graded", "The stub is back. What you had is in .learner/backups/inflight_fix/1."],
      [{ already: true, backup: null }, "graded", "Your file is the stub already."],
      [{ already: false, backup: null }, "missing", "The stub is back."],
    ])) {
      mock.reset = reset;
      mock.set("inflight_fix", { phase, words: "put it back" });
      await panel.locator(".outcome", { hasText: phase === "missing" ? "The file is missing" : "Not yet" }).waitFor();
      assert.equal((await putBack()).includes("Yours is kept"), phase !== "missing", words);
      assert.equal(await said.innerText(), words);
      const { run } = mock.state.drills[1];
      await graded(run);
      assert.equal(await said.innerText(), words, "it is about the stub, and so is this verdict");
      mock.set("inflight_fix", { phase: "grading", run: run + 1 });
      await graded(run + 1);
      assert.equal(await said.innerText(), "");
    }
  });

  play("what a submission wrote is text and nothing else", "offload.html", async ({ mock, panel, page }) => {
    const evil = "<img src=x onerror=alert(1)><script>alert(2)</script>\u001b[31m\u202e&lt;";
    const verdict = recorded("offload");
    const check = { ...verdict.checks[0], title: evil, message: evil, hint: evil, timeline: [evil, `=> ${evil}`], schedule: `7:${evil}:m1.q7` };
    mock.solution = { reference: evil, yours: evil };
    mock.set("offload", { phase: "graded", run: 1, passed: true, words: evil, file: evil, open: `data:text/html,${evil}`, hints: [evil],
      errors: [{ file: evil, line: 1, column: 1, message: evil, open: `JavaScript:${evil}` }], next: "cache_race",
      verdict: { ...verdict, submission: evil, diagnostics: evil, output: evil, checks: [check] } });
    mock.set("cache_race", { title: evil, page: "javascript:alert(3)" });
    await says(panel, "Not yet");
    for (const words of ["What your code printed", "The reason", "Compare with the reference solution"]) {
      const summary = panel.getByText(words);
      if (!(await summary.evaluate((it) => it.closest("details").open))) await summary.click();
    }
    await panel.locator(".side-by-side pre").getByText("onerror").first().waitFor();
    assert.equal(await panel.locator("img, script").count(), 0);
    assert.equal(await panel.getByRole("link", { name: "img" }).evaluateAll((all) => all.filter((link) => !link.protocol.startsWith("http")).length), 0);
    assert.ok(await page.locator("drill-panel").innerText().then((all) => all.split("<img src=x").length > 8));
  });

  play("the loop is drawn, the stub's and one's own", "offload.html", async ({ mock, panel }) => {
    const loop = (stalls) => ({ stalls, waits: [[1, 12], [40, 0.4]] });
    mock.set("offload", { phase: "graded", run: 1, verdict: { ...recorded("offload"), metrics: { loop_latency: loop([]), stub_loop_latency: loop([[20, 240]]) } } });
    const strip = panel.locator("loop-strip");
    await strip.locator(".picture svg").waitFor();
    assert.match(await strip.locator(".sums").innerText(), /the stub: 1 stall, the longest 240 ms[^]*yours: no stall/);
    assert.equal(await panel.locator("schedule-walker").count(), 0, "no figure walks hashes");
  });

  scene("a page says when the server is gone, and finds it again by itself", async ({ mock, on, page, panel }) => {
    LOOKS.failed(mock);
    await open(on, page, "inflight_fix.html");
    await says(panel, "Not yet");
    await mock.stop();
    const word = panel.getByText("Not connected: `cargo learn` does not answer.");
    await word.waitFor();
    assert.ok(await outcome(panel).isVisible(), "what was said last stays");
    await panel.getByRole("button", { name: "Show one hint more" }).click();
    await panel.getByText("That did not work: cargo learn does not answer.").waitFor();
    LOOKS.passed(mock);
    const old = mock.token;
    await mock.start();
    await word.waitFor({ state: "hidden" });
    await says(panel, "Passed: 100 of 100 points.");
    // It has another token now, and tells the page.
    assert.notEqual(mock.token, old);
    mock.asked.length = 0;
    await panel.getByRole("button", { name: "Show one hint more" }).click();
    await panel.getByText("Hint 2 of inflight_fix.").waitFor();
    assert.deepEqual(mock.asked, ["inflight_fix hint"]);
  });

  scene("a page of a book that was built again reloads by itself, once", async ({ mock, on, page, panel }) => {
    /** Whether the page has been reloaded since this was last asked. */
    const isAnother = () => page.evaluate(() => {
      const isKnown = document.documentElement.dataset.isKnown === "";
      document.documentElement.dataset.isKnown = "";
      return !isKnown;
    }).catch(() => false); // It is just being left.
    const reloads = async (why) => {
      const opened = mock.opened;
      await why();
      await until(isAnother, "a reload");
      await until(() => mock.opened > opened && mock.streams === 1, "a stream of the new page");
    };
    // A page without other elements that listen.
    await open(on, page, "loop.html");
    await until(() => mock.streams === 1, "a stream");
    assert.ok(await isAnother());
    await reloads(() => mock.rebuild("edition 2"));
    // It gets the same news again, and that another one could not be built.
    mock.rebuild("edition 2");
    mock.say("book", { edition: "edition 2", words: "it is broken" });
    await open(on, page, "inflight_fix.html");
    assert.ok(await isAnother());
    LOOKS.failed(mock);
    await says(panel, "Not yet");
    assert.equal(await isAnother(), false, "the edition is the one it has");
    // Another server, which has not built its book yet.
    await mock.stop();
    mock.rebuild("");
    await mock.start();
    LOOKS.passed(mock);
    await says(panel, "Passed");
    assert.equal(await isAnother(), false, "there is no book to reload");
    await reloads(() => mock.rebuild("edition 3"));
    await says(panel, "Passed");
  });

  play("tabs hear the same, and only those that are looked at listen", "inflight_fix.html", async ({ mock, on, page, panel }) => {
    const other = await page.context().newPage();
    await other.goto(`${on.site.origin}/progress.html`);
    await other.getByText("0 of 3 drills passed.").waitFor();
    LOOKS.passed(mock);
    await says(panel, "Passed");
    await other.getByText("1 of 3 drills passed.").waitFor();
    assert.equal(mock.streams, 1, "what one hears it passes on");
    const look = (page, shown) => page.evaluate((state) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
      document.dispatchEvent(new Event("visibilitychange"));
    }, shown ? "visible" : "hidden");
    await look(page, false);
    await until(() => mock.opened === 2 && mock.streams === 1, "a stream of the other one");
    mock.set("offload", { passed: true, best: 90 });
    await other.getByText("2 of 3 drills passed.").waitFor();
    await look(other, false);
    await until(() => mock.streams === 0, "no stream");
    mock.set("cache_race", { passed: true, best: 90 });
    await look(other, true);
    await other.getByText("3 of 3 drills passed.").waitFor();
    mock.set("inflight_fix", { run: 6 });
    await look(page, true);
    await panel.getByText("graded 6 times").waitFor();
    assert.equal(mock.streams, 1);
  });

  play("however many windows are looked at, each one loads and hears", "inflight_fix.html", async ({ mock, on, page, panel }) => {
    const others = [];
    // A browser opens six connections to a host.
    for (let number = 0; number < 8; number += 1) {
      const other = await page.context().newPage();
      await other.goto(`${on.site.origin}/progress.html`);
      await other.getByText("0 of 3 drills passed.").waitFor();
      others.push(other);
    }
    LOOKS.passed(mock);
    await says(panel, "Passed");
    for (const other of others) await other.getByText("1 of 3 drills passed.").waitFor();
    assert.deepEqual([mock.streams, mock.opened], [1, 1]);
    // The listening window goes to another page; then the server dies and comes back.
    await page.goto("about:blank");
    await until(() => mock.opened === 2, "a stream of another one");
    mock.set("offload", { passed: true, best: 90 });
    for (const other of others) await other.getByText("2 of 3 drills passed.").waitFor();
    const drill = await page.context().newPage();
    await open(on, drill, "inflight_fix.html");
    await mock.stop();
    const lost = "Not connected: `cargo learn` does not answer.";
    for (const other of others) await other.getByText(lost).waitFor();
    mock.set("inflight_fix", { passed: false });
    await mock.start();
    for (const other of others) {
      await other.getByText(lost).waitFor({ state: "hidden" });
      await other.getByText("1 of 3 drills passed.").waitFor();
    }
    assert.equal(mock.streams, 1);
    // A window that was there before knows the new server's token.
    await drill.getByText(lost).waitFor({ state: "hidden" });
    await drill.getByRole("button", { name: "Show a hint" }).click();
    await drill.getByText("Hint 1 of inflight_fix.").waitFor();
  });

  play("the overview shows each drill and where to go on", "progress.html", async ({ mock, page }) => {
    const list = page.locator("course-progress .drills > li");
    await page.getByText("0 of 3 drills passed. Next: The cache race, about 30 minutes. What is left takes about 1 h 30 min.").waitFor();
    mock.set("cache_race", { phase: "graded", passed: true, best: 100, worked_seconds: 1_380, verdict: { ...recorded("cache_race"), status: "failed" } });
    mock.set("inflight_fix", { phase: "graded", verdict: recorded("inflight_fix"), changed_upstream: true });
    mock.set("offload", { phase: "missing", verdict: { ...recorded("offload"), score: 40 } });
    await list.nth(2).getByText("The file is missing").waitFor();
    assert.deepEqual((await list.allInnerTexts()).map((row) => row.replace(/\s+/g, " ")), [
      "✓ The cache race Passed, 100 of 100 points; you took 23 minutes; what you have now does not pass",
      "→ One fetch, however many ask Not yet, 25 of 100 points; the stub has changed since you began",
      "· Offload the hash The file is missing",
    ]);
    assert.equal(await list.nth(2).getByRole("progressbar").getAttribute("value"), "0", "the last verdict was on something else");
    mock.set("cache_race", { phase: "error", words: "the sandbox is gone" });
    await list.first().getByText("what you have now does not pass").waitFor({ state: "detached" });
    await list.nth(1).getByRole("link").click();
    await page.waitForURL("**/inflight_fix.html");
  });

  play("a course that is complete has a summary to print", "progress.html", async ({ mock, page }) => {
    const summary = page.getByRole("region", { name: "Summary to print" });
    await page.getByText("0 of 3 drills passed.").waitFor();
    assert.equal(await summary.count(), 0, "not before");
    for (const slug of ["cache_race", "inflight_fix", "offload"]) {
      mock.set(slug, { passed: true, best: 98, first_passed_at: 1_789_992_000, worked_seconds: 1_380 });
    }
    await summary.getByRole("heading", { name: "Between Awaits: all 3 drills passed" }).waitFor();
    const rows = (await summary.getByRole("row").allInnerTexts()).map((row) => row.replace(/\s+/g, " ").trim());
    assert.deepEqual([rows[1], rows.at(-1)], ["The cache race 98 of 100 21 September 2026 23 minutes", "All 294 of 300 1 h 9 min"]);
    await summary.getByLabel("Name").fill("Ada Lovelace");
    await page.emulateMedia({ media: "print" });
    // On paper there is the summary with the name, and nothing else.
    assert.equal(await summary.getByLabel("Name").inputValue(), "Ada Lovelace");
    assert.equal(await summary.getByRole("button").count(), 0);
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 0);
    assert.equal(await page.locator("course-progress .drills").isVisible(), false);
    await page.emulateMedia({ media: "screen" });
    // Work that is lost hides it again.
    mock.set("offload", { passed: false });
    await summary.waitFor({ state: "hidden" });
  });

  scene("every look of a live page is held to what every page is", async ({ mock, on, page, panel }) => {
    const found = [];
    withTraces(mock);
    mock.state.drills.splice(2, 0, inPython("inflight_fix"));
    await open(on, page, "inflight_fix.html");
    await page.evaluate(axe);
    const look = async (name) => {
      await ready(page);
      for (const [size, colorScheme] of /** @type {const} */ ([[DESKTOP, "light"], [PHONE, "dark"]])) {
        await resize(page, size);
        await page.emulateMedia({ colorScheme });
        const all = [...await violations(page, "main"), ...await overflow(page), ...await motion(page)];
        found.push(...all.map((what) => `${name}, ${size.width} px, ${colorScheme}: ${what}`));
      }
    };
    for (const [name, show] of Object.entries(LOOKS)) {
      show(mock);
      await panel.locator("summary").first().waitFor({ state: name === "preparing" ? "detached" : "visible" });
      const closed = panel.locator("details:not([open]) > summary:visible");
      while (await closed.count() > 0) await closed.first().click();
      await look(name);
    }
    await mock.stop();
    await panel.getByText("Not connected").waitFor();
    await look("not connected");
    await mock.start();
    await open(on, page, "progress.html");
    await page.getByText("1 of 3 drills passed.").waitFor();
    await page.evaluate(axe);
    await look("overview");
    none(found, "in live pages");
  }, { reducedMotion: "reduce" });

  test("where nobody grades, a page shows a recording and how to get one's own", async () => {
    const page = await tab(stage);
    await open(stage, page, "inflight_fix.html");
    const panel = page.locator("drill-panel");
    await panel.locator(".invitation").getByText("cargo learn").waitFor();
    await says(panel, "Not yet: 25 of 100 points; 3 of 13 checks hold.");
    await panel.locator("schedule-walker .wrong").first().waitFor({ state: "attached" });
    assert.equal(await panel.getByRole("button", { name: /hint/ }).count(), 0);
    none(page.complaints, "complaints");
    await page.context().close();
  });
}

