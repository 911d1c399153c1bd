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
 * Serves the site.
 * @param {Record<string, string>} extra files that are served and are not in the book
 */
export async function serve(extra = {}) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
    const file = relative("/", path.endsWith("/") ? `${path}index.html` : path);
    try {
      if (file.split("/").includes("..")) throw new Error("outside");
      const body = extra[file] === undefined ? readFileSync(join(folder, file)) : Buffer.from(extra[file]);
      response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
      response.setHeader("content-encoding", "gzip");
      response.setHeader("cache-control", "max-age=600");
      response.end(gzipSync(body));
    } catch {
      response.statusCode = 404;
      response.end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
