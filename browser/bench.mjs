// Measures how long after a save the verdict is in the page: in a real Chromium, with
// all hidden tests, beside cargo's time for the same crate. The three take turns within
// one run. It asserts nothing; quote the ratios, not the times.
//
//   node bench.mjs [SAVES]

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { start } from "./browser.mjs";
import { CourseCopy } from "./course.mjs";

const SLUG = "inflight_fix";
/** Turns that are not counted: cargo builds its dependencies in the first one. */
const WARM_UP = 2;
const saves = Number(process.argv[2] ?? 15);

const course = new CourseCopy();
// Cargo works in a copy of its own that is not watched.
const plain = new CourseCopy();
const browser = await start();
try {
  await measure();
} finally {
  await browser.close();
  await course.remove();
  await plain.remove();
}

async function measure() {
  const solution = course.solution(SLUG, "src/lib.rs");
  const text = (/** @type {string} */ save) => `${solution}\n// save ${save}\n`;
  const tests = readFileSync(join(plain.folder, "exercises", SLUG, "tests/public.rs"), "utf8");
  const [, one] = tests.match(/#\[tokio::test[^]*?fn (\w+)/) ?? [];
  if (!one) throw new Error("the drill has no public test");

  course.save(SLUG, text("first"));
  await course.start();
  const page = await browser.newPage();
  await page.goto(course.address);
  await page.goto(`${course.origin}/${SLUG}.html`);
  await everythingGraded();

  /** @type {Record<string, number[]>} */
  const times = { page: [], took: [], one: [], three: [] };
  for (let round = 1 - WARM_UP; round <= saves; round += 1) {
    const [shown, took] = await toVerdict(page, () => course.save(SLUG, text(String(round))));
    plain.save(SLUG, text(`${round} for one test`));
    const oneTest = timed(() => cargo("test", "--test", "public", "--", one));
    plain.save(SLUG, text(`${round} for all three`));
    const allThree = timed(() => ["build", "test", "clippy"].forEach((word) => cargo(word)));
    if (round < 1) continue;
    times.page.push(shown);
    times.took.push(took);
    times.one.push(oneTest);
    times.three.push(allThree);
  }
  report(times);
}

/** Runs cargo on the drill's crate. */
function cargo(command, ...more) {
  const [own, rest] = more.includes("--") ? [more.slice(0, more.indexOf("--")), more.slice(more.indexOf("--"))] : [more, []];
  execFileSync("cargo", [command, "--quiet", "--package", SLUG, ...own, ...rest], {
    cwd: join(plain.folder, "exercises"),
    env: { ...process.env, CARGO_TARGET_DIR: join(plain.folder, "target") },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Waits until no grading is left that would share the processors. */
async function everythingGraded() {
  for (;;) {
    const { drills } = await (await fetch(`${course.origin}/learn/state`, course.known)).json();
    if (drills.every(({ phase }) => phase === "graded")) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Milliseconds from the save until its verdict is painted, and the server's own number.
 * @param {import("playwright-core").Page} page
 * @param {() => void} save
 */
async function toVerdict(page, save) {
  const before = await page.locator("drill-panel").getAttribute("data-graded");
  const shown = page.evaluate((before) => new Promise((resolve) => {
    const panel = document.querySelector("drill-panel");
    const watch = new MutationObserver(() => {
      const { graded } = panel.dataset;
      if (!graded || graded === before) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(panel.querySelector(".outcome").textContent)));
    });
    watch.observe(panel, { attributes: true });
  }), before);
  // The page watches from here on.
  await page.evaluate(() => undefined);
  const begun = performance.now();
  save();
  const outcome = await shown;
  const took = performance.now() - begun;
  if (!outcome.includes("Passed: 100 of 100")) throw new Error(`the page says: ${outcome}`);
  const { drills } = await (await fetch(`${course.origin}/learn/state`, course.known)).json();
  return [took, drills.find(({ slug }) => slug === SLUG).took_ms];
}

/** @param {() => void} work */
function timed(work) {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** @param {Record<string, number[]>} times */
function report(times) {
  const row = (name, values) => {
    const sorted = values.toSorted((one, other) => one - other);
    const [least, most] = [sorted[0], sorted.at(-1) ?? 0];
    console.log(`${name.padEnd(50)} ${[median(values), least, most].map((value) => String(Math.round(value)).padStart(7)).join("")}`);
  };
  const [page, one, three] = [times.page, times.one, times.three].map(median);
  console.log(`${SLUG}, ${times.page.length} saves on ${availableParallelism()} processors, in ms    median  least   most`.padEnd(50));
  row("save to the verdict in the page", times.page);
  row("  of it, until the server had it", times.took);
  row("cargo test, warm, one public test", times.one);
  row("cargo build, test and clippy, warm", times.three);
  console.log(`the page takes ${(page / one).toFixed(2)} × the one test (at most 2)`);
  console.log(`all three take ${(three / page).toFixed(2)} × the page (at least 1.5)`);
  console.log(`the page's median is ${Math.round(page)} ms (at most 500)`);
}
