// The tests' shared tools: they open a page, and note everything that goes wrong in it.

import assert from "node:assert/strict";

/**
 * @typedef {object} Stage
 * @property {{origin: string, close: () => void}} site
 * @property {import("playwright-core").Browser} browser
 */

/** @typedef {import("playwright-core").Page & {complaints: string[]}} Watched */

/** For a busy machine; nothing asserts a time. */
export const PATIENCE = 90_000;

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

/**
 * A page in a context of its own. It is asked for nothing but the site.
 * @param {Stage} stage
 * @param {import("playwright-core").BrowserContextOptions} [options]
 * @returns {Promise<Watched>}
 */
export async function tab({ browser, site }, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light", ...options });
  // A dialog would stand between a page and its next frame. How often one was asked for
  // is counted.
  await context.addInitScript(() => Object.assign(window, { asked: 0, print: () => (window.asked += 1) }));
  const page = /** @type {Watched} */ (await context.newPage());
  page.setDefaultTimeout(PATIENCE);
  page.complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.complaints.push(`script: ${error.message}`));
  await context.route((url) => url.origin !== site.origin, (route) => {
    page.complaints.push(`asked another host: ${route.request().url()}`);
    return route.abort();
  });
  return page;
}

/**
 * Opens a page of the site and waits until its scripts have done their work.
 * @param {Stage} stage
 * @param {import("playwright-core").Page} page
 * @param {string} path
 */
export async function open({ site }, page, path) {
  await page.goto(`${site.origin}/${path}`);
  await ready(page);
}

/**
 * Waits until every figure is drawn and all code has its colours, for which it has
 * to come near: so the window is high for a moment.
 * @param {import("playwright-core").Page} page
 */
export async function ready(page) {
  const size = page.viewportSize() ?? DESKTOP;
  // Figures make a page higher.
  await drawn(page, false);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  // The page that repeats all others is too high for that; their colours are seen there.
  const isWhole = height < HIGHEST;
  if (isWhole) await page.setViewportSize({ width: size.width, height });
  await drawn(page, isWhole);
  if (isWhole) await page.setViewportSize(size);
}

/** Higher than any page but one, and still painted quickly. */
const HIGHEST = 15_000;

/**
 * @param {import("playwright-core").Page} page
 * @param {boolean} coloured whether code has to be
 */
async function drawn(page, coloured) {
  /** @param {boolean} colours */
  const blank = (colours) => {
    const all = (which, done) => [...document.querySelectorAll(which)].filter((each) => !done(each));
    return [
      ...all("schedule-walker, loop-strip", (figure) => "missing" in figure.dataset || figure.querySelector(".picture svg") || !figure.checkVisibility()),
      ...all("drill-panel", (panel) => "missing" in panel.dataset || panel.querySelector(".outcome:not(:empty)")),
      ...all("predict-answer", (box) => box.querySelector(".controls")),
      ...(colours ? all("code[class*='language-']", (code) => /language-(text|console|plain)/.test(code.className) || code.classList.contains("hljs")) : []),
    ].map((each) => each.outerHTML.slice(0, 120));
  };
  let left = ["all of it"];
  await until(async () => (left = await page.evaluate(blank, coloured).catch((error) => [error.message])).length === 0, () => `drawn: ${left.join("\n  ")}`);
}

/**
 * Waits for something that no page shows.
 * @param {() => unknown} there
 * @param {string | (() => string)} what
 */
export async function until(there, what) {
  for (const limit = Date.now() + PATIENCE; !(await there());) {
    if (Date.now() > limit) assert.fail(`never there: ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * @param {unknown[]} found
 * @param {string} what
 */
export function none(found, what) {
  assert.equal(found.length, 0, `${what}:\n  ${found.join("\n  ")}`);
}
