// Checks what must hold on every page of the book, at every width, in both themes.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pages } from "./site.mjs";
import { DESKTOP, PHONE, none, open, tab } from "./stage.mjs";

export const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The page with all elements is tested in both themes at both widths, with everything
 * around it. The others are tested light on a desktop and dark on a phone, to save time. */
const THOROUGHLY = ["index.html", "inflight_fix.html", "every_element.html"];

/** The page made for these tests must satisfy the same. */
const ALL = () => [...pages(), "every_element.html"];

/**
 * The problems that axe finds, a line for each element.
 * @param {import("playwright-core").Page} page
 * @param {string} [part] a selector, where not all is to be looked at
 * @returns {Promise<string[]>}
 */
export async function violations(page, part) {
  return page.evaluate(async (part) => {
    const { violations } = await globalThis.axe.run(part ?? document, {
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")} ${node.html.slice(0, 120)}`));
  }, part);
}

/**
 * The elements that reach over the right edge.
 * @param {import("playwright-core").Page} page
 */
export async function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
    return wide.slice(0, 5).map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 60)}`);
  });
}

/**
 * Everything that moves, or would.
 * @param {import("playwright-core").Page} page
 */
export async function motion(page) {
  return page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
    const moves = transitionDuration.split(",").some((time) => parseFloat(time) > 0);
    return moves || animationName !== "none" || scrollBehavior === "smooth";
  }).map((element) => `${element.tagName} ${element.className}`));
}

/**
 * Presses Tab through a page. Returns the elements that cannot be reached, and those
 * that do not show the focus.
 * @param {import("playwright-core").Page} page
 * @param {boolean} whole including what is the same around every page
 */
async function tabThrough(page, whole) {
  const count = await page.evaluate((whole) => {
    const scope = (!whole && document.querySelector(".page")) || document.body;
    const focusable = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex='0'], audio[controls]";
    const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    const radios = new Set();
    const wanted = [...scope.querySelectorAll(focusable)].filter((element) => {
      if (!shown(element) || element.tabIndex < 0) return false;
      // A group of radio buttons is one stop; arrows move within it.
      if (!(element instanceof HTMLInputElement) || element.type !== "radio") return true;
      if (radios.has(element.name)) return false;
      return radios.add(element.name);
    });
    const seen = { wanted, reached: new Set(), unseen: [] };
    globalThis.tabbing = seen;
    if (whole) document.activeElement?.blur();
    else document.querySelector("main")?.focus();
    document.addEventListener("focusin", ({ target }) => {
      seen.reached.add(target);
      const box = target.matches("predict-answer input") ? target.closest("label") : target;
      const { outlineStyle, outlineWidth } = getComputedStyle(box);
      if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) seen.unseen.push(`no outline: ${target.outerHTML.slice(0, 100)}`);
    });
    return wanted.length;
  }, whole);
  for (let stop = 0; stop <= count; stop += 1) await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const { wanted, reached, unseen } = globalThis.tabbing;
    const missed = wanted.filter((element) => !reached.has(element)).map((element) => `not reached: ${element.outerHTML.slice(0, 100)}`);
    return [...missed, ...unseen];
  });
}

/**
 * Changes the window, and waits until the parts that now scroll sideways can be focused.
 * @param {import("playwright-core").Page} page
 * @param {{width: number, height: number}} size
 */
export async function resize(page, size) {
  await page.setViewportSize(size);
  // What is folded away is looked at when it is opened.
  await page.waitForFunction(() => [...document.querySelectorAll("pre:not(drill-panel *, schedule-walker *, details:not([open]) *), .table-wrapper")]
    .every((box) => (box.scrollWidth > box.clientWidth) === (box.tabIndex === 0)));
}

/** @param {import("./stage.mjs").Stage} stage */
export function everyPage(stage) {
  test("on every page", async (every) => {
    /** Two at a time. */
    const queue = ALL();
    const worker = async () => {
      const page = await tab(stage, { reducedMotion: "reduce" });
      for (let path = queue.shift(); path; path = queue.shift()) {
        const name = path;
        await every.test(name, () => onePage(stage, page, name));
      }
      await page.context().close();
    };
    await Promise.all([worker(), worker()]);
  });

  test("a page's text is all there without scripts", async () => {
    const page = await tab(stage, { javaScriptEnabled: false, viewport: PHONE });
    const hidden = [];
    for (const path of ALL()) {
      await page.goto(`${stage.site.origin}/${path}`);
      const found = await page.evaluate(() => [...document.querySelectorAll("main *")]
        .filter((element) => element.textContent?.trim() && !element.closest("details, svg, .boring") && !element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .map((element) => element.outerHTML.slice(0, 120)));
      hidden.push(...found.map((what) => `${path}: ${what}`));
      const main = await page.evaluate(() => document.querySelector("main")?.innerText ?? "");
      if (main.length < 20) hidden.push(`${path}: there is no text`);
      if (path !== "toc.html") {
        const contents = page.locator("a[href$='toc.html']");
        if (!(await contents.isVisible())) hidden.push(`${path}: no way to the contents`);
      }
      const wide = await overflow(page);
      hidden.push(...wide.map((what) => `${path} is too wide: ${what}`));
    }
    none([...hidden, ...page.complaints], "not shown without scripts");
    await page.context().close();
  });
}

/**
 * @param {import("./stage.mjs").Stage} stage
 * @param {import("./stage.mjs").Watched} page
 * @param {string} path
 */
async function onePage(stage, page, path) {
  page.complaints.length = 0;
  const found = [];
  const note = (what, all) => found.push(...all.map((each) => `${what}: ${each}`));
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ colorScheme: "light" });
  await open(stage, page, path);
  const missing = await page.locator("[data-missing]").evaluateAll((all) => all.map((figure) => figure.getAttribute("trace") ?? figure.getAttribute("data")));
  note("has no recording", missing.filter((name) => name !== null));
  await page.evaluate(axe);
  note("light, desktop", await violations(page));
  note("moves although asked not to", await motion(page));
  if (THOROUGHLY.includes(path)) {
    await page.emulateMedia({ colorScheme: "dark" });
    note("dark, desktop", await violations(page));
    await page.emulateMedia({ colorScheme: "light" });
    await resize(page, PHONE);
    note("light, phone", await violations(page));
  }
  await resize(page, PHONE);
  await page.emulateMedia({ colorScheme: "dark" });
  // The page that contains all others would only repeat them.
  const repeats = path === "print.html";
  if (!repeats) note("dark, phone", await violations(page));
  note("wider than a phone", await overflow(page));
  if (!repeats) note("by keyboard", await tabThrough(page, THOROUGHLY.includes(path)));
  // The browser itself says that a file is missing.
  note("while it loaded", page.complaints.filter((text) => missing.length === 0 || !/status of 404/.test(text)));
  none(found, path);
}
