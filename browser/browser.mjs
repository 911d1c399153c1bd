// A real Chromium, started once, that can reach nothing but the site under test.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** Where Chromium is. */
export function executable() {
  const found = PLACES.find((place) => place && existsSync(place));
  if (!found) throw new Error("no Chromium; on Debian: apt install chromium");
  return found;
}

export const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Chromium's own sandbox cannot be set up by root, as in most containers.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** A browser with a fresh profile, which is removed with it. */
export function start() {
  return chromium.launch({ executablePath: executable(), headless: true, args: FLAGS });
}
