// Links, as they are in the files: every target exists, and so does its fragment.

import { test } from "node:test";
import assert from "node:assert/strict";
import { exists, pages, text } from "./site.mjs";
import { none } from "./stage.mjs";

const unescape = (value) => value.replaceAll("&amp;", "&");

/** The values of an attribute in a page. */
function values(html, attribute) {
  return [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, "g"))].map((match) => unescape(match[1]));
}

/** Where a link leads, from the site's folder; nothing for another site. */
function target(link, page) {
  if (/^[a-z]+:/i.test(link)) return undefined;
  // The error page is shown in place of any other, and names the root.
  const from = page === "404.html" ? "http://site/" : `http://site/${page}`;
  const url = new URL(link, from);
  const path = decodeURIComponent(url.pathname.slice(1));
  return { file: path === "" || path.endsWith("/") ? `${path}index.html` : path, fragment: decodeURIComponent(url.hash.slice(1)) };
}

export function links() {
  test("every link and every fragment leads somewhere", () => {
    const anchors = new Map(pages().map((page) => [page, new Set(values(text(page), "id"))]));
    const broken = [];
    let followed = 0;
    for (const page of pages()) {
      const html = text(page).replace(/<script\b[^]*?<\/script>/g, "");
      for (const link of [...values(html, "href"), ...values(html, "src")]) {
        const place = target(link, page);
        // There, mdBook's heading links to itself and misses: the page has no place of its own.
        if (!place || (page === "404.html" && /^(\/|#.*)$/.test(link))) continue;
        followed += 1;
        const known = anchors.get(place.file);
        if (!known && !exists(place.file)) broken.push(`${page}: ${link} is not there`);
        else if (place.fragment && known && !known.has(place.fragment)) broken.push(`${page}: ${link} names no place`);
      }
    }
    assert.ok(followed > pages().length * 5, `only ${followed} links were found`);
    none(broken, "links that lead nowhere");
  });

  test("a link that leaves the book leads to the web", () => {
    const bad = pages().flatMap((page) => values(text(page), "href")
      .filter((link) => /^[a-z]+:/i.test(link) && !/^https?:\/\/[a-z0-9.-]+\.[a-z]+\//i.test(`${link}/`))
      .map((link) => `${page}: ${link}`));
    none(bad, "links of another kind");
  });

  test("no id is given twice on a page", () => {
    const twice = pages().flatMap((page) => {
      const ids = values(text(page).replace(/<script\b[^]*?<\/script>/g, ""), "id");
      return ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${page}: ${id}`);
    });
    none(twice, "ids given twice");
  });
}
