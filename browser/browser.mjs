// A real Chromium, started once, that can reach nothing but the site under test.

import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

/** Where Chromium is, under the first of the names it goes by (those of `.ci/setup`). */
export function executable() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"];
  const first = 'for name; do command -v "$name" && exit; done; exit 1';
  return execFileSync("sh", ["-c", first, "sh", ...names], { encoding: "utf8" }).trim();
}

export const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Chromium's own sandbox cannot be set up by root, nor on every CI machine. It
  // loads nothing but this book.
  ...(process.getuid?.() === 0 || process.env.CI ? ["--no-sandbox"] : []),
];

/** A browser with a fresh profile, which is removed with it. */
export function start() {
  return chromium.launch({ executablePath: executable(), headless: true, args: FLAGS });
}
