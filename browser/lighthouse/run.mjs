// Lighthouse, as a phone on a slow network: the first page and a drill's page, three
// times each, the median shown beside two books that were measured the same way.
// Not a test: its numbers depend on the machine. `npm ci && node run.mjs`

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { FLAGS, executable } from "../browser.mjs";
import { serve } from "../site.mjs";

const PAGES = ["index.html", "inflight_fix.html"];
const ROUNDS = Number(process.argv[2] ?? 3);
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

/** Measured before, in this order: performance, accessibility. */
const OTHERS = [["async-book, 100 Exercises To Learn Rust", "91, 86", "89, 84"]];

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

const site = await serve();
const chrome = await launch({ chromePath: executable(), chromeFlags: ["--headless", ...FLAGS] });
const rows = [];
const faults = new Set();
try {
  for (const page of PAGES) {
    const runs = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const result = await lighthouse(`${site.origin}/${page}`, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" });
      if (!result) throw new Error(`no result for ${page}`);
      if (result.lhr.runtimeError) throw new Error(result.lhr.runtimeError.message);
      runs.push(result.lhr);
    }
    const scores = CATEGORIES.map((category) => median(runs.map((run) => Math.round((run.categories[category].score ?? 0) * 100))));
    const figure = (audit) => median(runs.map((run) => run.audits[audit].numericValue ?? 0));
    rows.push([page, ...scores.map(String),
      `${Math.round(figure("first-contentful-paint"))} ms`,
      `${Math.round(figure("largest-contentful-paint"))} ms`,
      `${Math.round(figure("total-blocking-time"))} ms`,
      figure("cumulative-layout-shift").toFixed(3),
      `${(figure("total-byte-weight") / 1000).toFixed(0)} kB`]);
    for (const run of runs) {
      for (const category of CATEGORIES) {
        for (const { id, weight } of run.categories[category].auditRefs) {
          const { score, title } = run.audits[id];
          if (weight > 0 && score !== null && score < 0.9) faults.add(`${page}: ${category}: ${title}`);
        }
      }
    }
  }
} finally {
  chrome.kill();
  site.close();
}
const table = [["page", ...CATEGORIES, "first paint", "largest paint", "blocked", "shift", "weight"], ...rows, ...OTHERS];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
for (const row of table) console.log(widths.map((width, column) => (row[column] ?? "").padEnd(width)).join("  ").trimEnd());
for (const fault of faults) console.log(`- ${fault}`);
