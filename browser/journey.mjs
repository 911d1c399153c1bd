// A learner's journey, with the real `cargo learn` and a real grader behind it: from the
// first page to a passed drill, including a crash of the server.

import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CourseCopy, root } from "./course.mjs";
import { POLICY } from "./site.mjs";
import { none, tab, until } from "./stage.mjs";

/** @param {import("./stage.mjs").Stage} stage */
export function journey(stage) {
  test("a learner's journey", async () => {
    const course = new CourseCopy();
    try {
      await course.start();
      await travel(stage, course);
    } catch (error) {
      throw new Error(`\`cargo learn\` said:\n${course.said}`, { cause: error });
    } finally {
      await course.remove();
    }
  });
}

/**
 * @param {import("./stage.mjs").Stage} stage
 * @param {CourseCopy} course
 */
async function travel({ browser }, course) {
  const page = await tab({ browser, site: { origin: course.origin, close: () => {} } });
  const panel = page.locator("drill-panel");
  const says = (words) => panel.locator(".outcome", { hasText: words }).waitFor();

  // The first page, and from there to the drill.
  const first = await page.goto(course.address);
  assert.equal(first?.headers()["content-security-policy"], POLICY, "what the book was tested with is what is sent");
  await page.getByRole("main").getByRole("link", { name: "One fetch, however many ask" }).click();
  await page.waitForURL("**/inflight_fix.html");
  await says("Not yet: 0 of 100 points");

  // A typing error.
  const stub = course.solution("inflight_fix", "stub.rs");
  course.save("inflight_fix", `${stub}\nfn unfinished() -> u32 { seven }\n`);
  await says("Does not compile: 1 error.");
  const line = stub.split("\n").length + 1;
  const place = panel.getByRole("link", { name: `src/lib.rs:${line}:` });
  assert.match(await place.getAttribute("href") ?? "", new RegExp(`^vscode://file/.*exercises/inflight_fix/src/lib\\.rs:${line}:\\d+$`));
  await panel.getByText("cannot find value seven in this scope").waitFor();

  // The race is still there, and its schedule can be walked.
  course.save("inflight_fix", course.solution("inflight_fix", "wrong/not_coalesced.rs"));
  await says("Not yet: 25 of 100 points; 3 of 13 checks hold.");
  const walker = panel.locator("schedule-walker").first();
  await walker.getByRole("status").getByText("Broken: fetch 2 for user").waitFor();
  await walker.getByRole("button", { name: "From the start" }).click();
  await walker.getByRole("button", { name: "Request 1 starts" }).click();
  assert.equal(await page.getByText("You have passed this drill before").count(), 0);
  assert.equal(await page.getByRole("link", { name: "Offload the hash" }).and(panel.locator("a")).count(), 0);

  // Mended.
  course.save("inflight_fix", course.solution("inflight_fix", "src/lib.rs"));
  await says("Passed: 100 of 100 points.");
  await panel.getByText("13 checks hold").waitFor();
  await panel.getByRole("link", { name: "Offload the hash" }).waitFor();
  await panel.getByText("Compare with the reference solution").click();
  await panel.locator(".side-by-side pre").first().getByText("impl UserCache").waitFor();

  // The same in Python, where the machine has one: its tab comes forward when its file is saved.
  if (hasPython()) {
    const python = course.solution("inflight_fix", "python/reference.py");
    course.saveAs("exercises/inflight_fix/python/inflight_fix.py", `${python}\nimport sqlite3\n`);
    await panel.getByText("What Python says").waitFor();
    const at = panel.getByRole("link", { name: /^inflight_fix\.py:\d+:1$/ });
    assert.match(await at.getAttribute("href") ?? "", /exercises\/inflight_fix\/python\/inflight_fix\.py:\d+:1$/);
    await panel.getByRole("button", { name: "Python" }).and(panel.locator("[aria-pressed=true]")).waitFor();
    course.saveAs("exercises/inflight_fix/python/inflight_fix.py", python);
    await says("Passed: 100 of 100 points.");
    await panel.getByRole("button", { name: "Rust" }).click();
  }

  // The terminal reported all of this.
  const shown = join(root, "book/listings/replayed/learn.txt");
  const said = () => saidOf("inflight_fix", course.said);
  await until(() => said().includes("passed"), "the last word");
  if (process.env.RECORD) writeFileSync(shown, said());
  assert.equal(said(), readFileSync(shown, "utf8"), "RECORD=1 writes it anew");

  // It is remembered.
  await page.reload();
  await says("Passed: 100 of 100 points.");

  // The book is edited: the page reloads by itself.
  course.add("book/inflight_fix.md", "\nThis was written just now.\n");
  await page.getByText("This was written just now.").waitFor();
  await says("Passed: 100 of 100 points.");
  none(page.complaints, "complaints");

  // The server dies; a file saved meanwhile is graded when it is back.
  await course.stop("SIGKILL");
  const lost = panel.getByText("Not connected: `cargo learn` does not answer.");
  await lost.waitFor();
  course.save("inflight_fix", stub);
  await course.start();
  await lost.waitFor({ state: "hidden" });
  await says("Not yet: 0 of 100 points");
  await panel.getByText("You have passed this drill before, with 100 of 100 points.").waitFor();
  await panel.getByRole("button", { name: "Show a hint" }).click();
  await panel.locator(".hints li").first().waitFor();
  await page.goto(`${course.origin}/progress.html`);
  await page.getByText(/^1 of \d+ drills passed/).waitFor();
  // Whatever the browser's error for a missing server is.
  const noise = /net::ERR_/;
  none(page.complaints.filter((text) => !noise.test(text)), "complaints");
  await page.context().close();
}

/** Whether there is a Python that drills can be graded in. */
function hasPython() {
  return spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status === 0;
}

/**
 * The output about a drill, with the default port and without times.
 * @param {string} slug
 * @param {string} all
 */
function saidOf(slug, all) {
  const lines = all.split("\n").filter((line) => line.startsWith("the book:") || line.startsWith(`${slug}:`));
  return lines.map((line) => `${line.replace(/:\d+\/\?key=\w+$/, ":3000/?key=61a0c7d2e94b8f35").replace(/ \(\d+ ms\)$/, "")}\n`).join("");
}
