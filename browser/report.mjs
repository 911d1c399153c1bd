// The report for a class: one file, opened as a teacher opens it, from a disk.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { DESKTOP, PHONE, none } from "./stage.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const REPORT = pathToFileURL(fileURLToPath(new URL("../book/listings/class/report.html", import.meta.url))).href;

/** @param {import("./stage.mjs").Stage} stage */
export function report(stage) {
  for (const [name, viewport, colorScheme] of /** @type {const} */ ([["light, desktop", DESKTOP, "light"], ["dark, phone", PHONE, "dark"]])) {
    test(`a class's report is accessible and asks for nothing: ${name}`, async () => {
      // Its own policy allows no script, not even the one that looks at it.
      const context = await stage.browser.newContext({ viewport, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      const found = [];
      page.on("request", (request) => { if (request.url() !== REPORT) found.push(`asked for ${request.url()}`); });
      page.on("console", (message) => found.push(`console: ${message.text()}`));
      await page.goto(REPORT);
      await page.evaluate(() => document.querySelectorAll("details").forEach((box) => { box.open = true; }));
      await page.evaluate(axe);
      found.push(...await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
        return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`));
      }));
      found.push(...await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        const wide = scrollWidth > clientWidth ? [`${scrollWidth} wide in a window of ${clientWidth}`] : [];
        const lost = [...document.querySelectorAll("a[href^='#']")].filter((link) => !document.querySelector(link.getAttribute("href") ?? ""));
        return [...wide, ...lost.map((link) => `leads nowhere: ${link.outerHTML}`)];
      }));
      await context.close();
      none(found, "report.html");
    });
  }

  test("a class's report runs no script", async () => {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.goto(REPORT);
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.ran = true";
      document.body.append(script);
      return "ran" in globalThis;
    });
    await context.close();
    none(ran ? ["a script that was put into it ran"] : [], "report.html");
  });
}
