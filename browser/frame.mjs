// The frame around every page: skip link, contents, theme, search, copying, print.

import { test } from "node:test";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { pages, text } from "./site.mjs";
import { DESKTOP, PHONE, none, open, tab, until } from "./stage.mjs";

/** @param {import("./stage.mjs").Stage} stage */
export function frame(stage) {
  const on = (name, options, body) => test(name, async () => {
    const page = await tab(stage, options);
    await open(stage, page, "cache_race.html");
    await body(page);
    none(page.complaints, "complaints");
    await page.context().close();
  });

  on("the first Tab offers to skip to the text", {}, async (page) => {
    await page.keyboard.press("Tab");
    const skip = page.locator(".skip");
    assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0));
    await page.keyboard.press("Enter");
    assert.ok(await page.evaluate(() => document.activeElement?.tagName === "MAIN"));
  });

  on("on a phone the contents open and close by keyboard", { viewport: PHONE }, async (page) => {
    const toggle = page.getByRole("button", { name: "Contents" });
    const here = page.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: "The cache race" });
    assert.equal(await here.isVisible(), false);
    await toggle.focus();
    await page.keyboard.press("Enter");
    assert.equal(await toggle.getAttribute("aria-expanded"), "true");
    assert.ok(await here.evaluate((link) => link === document.activeElement && link.getAttribute("aria-current") === "page"));
    await page.keyboard.press("Escape");
    assert.equal(await here.isVisible(), false);
    assert.ok(await toggle.evaluate((button) => button === document.activeElement));
  });

  on("on a desktop the contents stay as they were left", { viewport: DESKTOP }, async (page) => {
    const contents = page.getByRole("navigation", { name: "Contents" });
    await contents.waitFor();
    await page.getByRole("button", { name: "Contents" }).click();
    assert.equal(await contents.isVisible(), false);
    await page.reload();
    assert.equal(await contents.isVisible(), false);
  });

  on("the theme follows the system until one is chosen, which is kept", { colorScheme: "dark" }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.emulateMedia({ colorScheme: "light" });
    const light = await ground();
    assert.notEqual(dark, light);
    // The page is told of the system's change a moment after its colours have changed.
    const toggle = page.getByRole("button", { name: "Dark theme" });
    await page.getByRole("button", { name: "Dark theme", pressed: false }).waitFor();
    await toggle.click();
    assert.equal(await ground(), dark);
    await page.reload();
    assert.equal(await ground(), dark);
    await page.getByRole("button", { name: "Dark theme", pressed: true }).waitFor();
  });

  on("searching by keyboard leads to a page", {}, async (page) => {
    await page.keyboard.press("/");
    const field = page.getByRole("searchbox", { name: "Search this book" });
    await field.waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "mdbook-searchbar");
    await page.keyboard.type("stampede");
    const result = page.locator("#mdbook-searchresults a").first();
    await result.waitFor();
    assert.match(await result.getAttribute("href") ?? "", /\.html\?highlight=stampede/);
    await result.click();
    await page.locator("mark").first().waitFor();
  });

  test("code is coloured, and copied as it is", async () => {
    const page = await tab(stage, { permissions: ["clipboard-read", "clipboard-write"] });
    await open(stage, page, "cache_race.html");
    await page.locator("pre .hljs-keyword").first().waitFor();
    const code = page.locator("div.code").first();
    await code.getByRole("button", { name: "Copy this code" }).click();
    await code.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied.trim(), (await code.locator("code").innerText()).trim());
    none(page.complaints, "complaints");
    await page.context().close();
  });

  test("in print there is the text of every page and nothing to press", async () => {
    const page = await tab(stage);
    await open(stage, page, "print.html");
    await until(() => page.evaluate(() => window.asked === 1), "the dialog that prints");
    await page.emulateMedia({ media: "print" });
    const headings = await page.locator("main h1").allInnerTexts();
    const others = pages().filter((path) => !["404.html", "print.html", "toc.html"].includes(path));
    for (const path of others) {
      const [, heading] = text(path).match(/<h1[^>]*>(?:<a[^>]*>)?([^<]*)/) ?? [];
      assert.ok(headings.some((other) => other.startsWith((heading ?? "").replaceAll("&amp;", "&").trim())), `${path} (${heading}) is not printed`);
    }
    await page.emulateMedia({ media: "screen" });
    await open(stage, page, "every_element.html");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("button:visible, nav:visible, header:visible").count(), 0);
    for (const words of ["The fallback of naive_cache.", "The fallback of the strip.", "The fallback of the panel.", "The fallback of the course.", "As many as there are requests.", "A hundred."]) {
      assert.ok(await page.getByText(words).isVisible(), `not printed: ${words}`);
    }
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 10_000, "the print is not empty");
    // A recording that is missing is looked for on every page.
    none(page.complaints.filter((text) => !/status of 404/.test(text)), "complaints");
    await page.context().close();
  });

  test("a page that is not there says so, and looks like the others", async () => {
    const page = await tab(stage);
    await open(stage, page, "404.html");
    assert.match(await page.locator("h1").innerText(), /not found/i);
    await page.locator(".top").waitFor();
    await page.context().close();
  });

  test("the first page weighs less than 150 kB, the figures' scripts less than 30", async () => {
    const page = await tab(stage);
    const sizes = new Map();
    page.on("response", async (response) => {
      const body = await response.body().catch(() => Buffer.alloc(0));
      sizes.set(new URL(response.url()).pathname, gzipSync(body).length);
    });
    const total = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
    await open(stage, page, "index.html");
    assert.ok(sizes.size >= 4, [...sizes.keys()].join(" "));
    assert.ok(total() < 150_000, `${total()} bytes: ${JSON.stringify([...sizes])}`);
    await open(stage, page, "every_element.html");
    const scripts = [...sizes].filter(([path]) => path.startsWith("/interactive/") && path.endsWith(".js"));
    const weight = scripts.reduce((sum, [, size]) => sum + size, 0);
    assert.ok(scripts.length === 12 && weight < 30_000, `${weight} bytes: ${JSON.stringify(scripts)}`);
    await page.context().close();
  });
}
