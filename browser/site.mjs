// The built site, served from this machine to this machine.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const folder = process.env.SITE ?? fileURLToPath(new URL("../target/book", import.meta.url));

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** The policy of `cargo learn` for a page, with which the whole book works. The two style
 * attributes are of mdBook's own making: the page breaks of print.html, and a field
 * that its search makes and removes at once. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-hashes' 'sha256-CGXxaj0DmoXwah0xVFENUQ9ibw0TQPsFwXrIP8xMjvc=' 'sha256-GwBMUOkilxWV/vOwWStLnfQBQ7rYfHT7o40jQLKt1fI='",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Every HTML file of the site, from its folder. */
export function pages() {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const isPage = (file) => file.endsWith(".html") && !/^(book|listings)\//.test(file);
  return files.filter(isPage).sort();
}

/** The text of a file of the site. */
export const text = (file) => readFileSync(join(folder, file), "utf8");

/** Whether there is such a file. */
export function exists(file) {
  try {
    return statSync(join(folder, file)).isFile();
  } catch {
    return false;
  }
}

/**
 * Answers a request with a file of the site.
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {Record<string, string>} extra files that are served and are not in the book
 * @param {(page: string) => string} change what is served in place of a page
 */
export function answer(request, response, extra = {}, change = (page) => page) {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
  const file = relative("/", path.endsWith("/") ? `${path}index.html` : path);
  response.setHeader("content-security-policy", POLICY);
  try {
    if (file.split("/").includes("..")) throw new Error("outside");
    const body = extra[file] === undefined ? readFileSync(join(folder, file)) : Buffer.from(extra[file]);
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    response.setHeader("content-encoding", "gzip");
    response.setHeader("cache-control", "max-age=600");
    response.end(gzipSync(file.endsWith(".html") ? change(body.toString()) : body));
  } catch {
    response.statusCode = 404;
    response.end("not found");
  }
}

/**
 * Listens on a port of this machine, a free one when none is named.
 * @param {import("node:http").RequestListener} listener
 * @param {number} [port]
 */
export async function listen(listener, port = 0) {
  const server = createServer(listener);
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const { port: real } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, port: real, origin: `http://127.0.0.1:${real}` };
}

/**
 * Serves the site.
 * @param {Record<string, string>} extra files that are served and are not in the book
 */
export async function serve(extra = {}) {
  const { server, origin } = await listen((request, response) => answer(request, response, extra));
  return { origin, close: () => server.close() };
}
