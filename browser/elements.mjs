// The figures, used as a reader uses them: by keyboard.

import { test } from "node:test";
import assert from "node:assert/strict";
import { none, open, ready, tab } from "./stage.mjs";

/** @typedef {import("playwright-core").Locator} Locator */

/** @param {import("./stage.mjs").Stage} stage */
export function elements(stage) {
  const on = (name, body, options = {}) => test(name, async () => {
    const page = await tab(stage, options);
    await open(stage, page, "every_element.html");
    await body(page);
    none(page.complaints, "complaints");
    await page.context().close();
  });
  const walker = (page, name) => page.locator(`schedule-walker[trace="traces/${name}.json"]`);
  const said = (/** @type {Locator} */ figure) => figure.getByRole("status");
  const choices = (/** @type {Locator} */ figure) => figure.locator(".choices button").allInnerTexts();
  const press = async (/** @type {Locator} */ button) => {
    await button.focus();
    await button.press("Enter");
  };
  const known = (figure, term) => figure.locator(".known div", { has: figure.page().locator("dt", { hasText: term }) }).locator("dd");

  on("a reader walks the naive cache to two fetches of one user", async (page) => {
    const figure = walker(page, "naive_cache");
    assert.deepEqual(await choices(figure), ["Request 1 starts"]);
    await press(figure.getByRole("button", { name: "Request 1 starts" }));
    assert.match(await said(figure).innerText(), /Request 1 asks for user 42\. Fetch 1 begins/);
    // The focus has moved to the next choice: Enter is enough.
    await page.keyboard.press("Enter");
    assert.match(await said(figure).innerText(), /Broken: fetch 2 for user 42 began while fetch 1 was under way/);
    assert.equal(await known(figure, "Fetches begun").innerText(), "2, 2 live at once");
    assert.notEqual(await figure.getAttribute("data-broken"), null);
    assert.equal(await figure.locator("svg .wrong").count(), 1);
    await press(figure.getByRole("button", { name: "Undo" }));
    assert.equal(await figure.getAttribute("data-broken"), null);
    assert.equal(await known(figure, "Fetches begun").innerText(), "1");
    await press(figure.getByRole("button", { name: "Restart" }));
    assert.deepEqual(await choices(figure), ["Request 1 starts"]);
  });

  on("shown the way, a reader breaks the well-known fix by pressing Enter", async (page) => {
    const figure = walker(page, "seed_fix");
    const guide = figure.getByRole("button", { name: /Show me/ });
    const ends = [];
    for (let round = 0; round < 3; round += 1) {
      await press(guide);
      const [, turns] = (await said(figure).innerText()).match(/(\d+) times/) ?? [];
      for (let turn = 0; turn < Number(turns); turn += 1) {
        assert.equal(await figure.locator(".marked").count(), 1);
        assert.ok(await figure.locator(".marked").evaluate((button) => button === document.activeElement));
        await page.keyboard.press("Enter");
      }
      assert.match(await said(figure).innerText(), /Broken: request \d waits for a fetch that nobody is running/);
      assert.match(await known(figure, "In flight").innerText(), /^nothing, yet request \d waits$/);
      await figure.getByText("Timeline so far").click();
      ends.push(await figure.locator(".replay").innerText());
      await figure.getByText("Timeline so far").click();
    }
    assert.match(ends[0], /^cargo grader replay inflight_fix solutions\/inflight_fix\/wrong\/promise_never_kept\.rs 7:one_fetch:q42/);
    const letters = ends.map((key) => key.split(":").at(-1)?.replace(/[^a-z]/g, "").split("").sort().join(""));
    assert.deepEqual(letters, ["eqqt", "qqtx", "eqqt"], "by an error, by a dropped leader, and that is all");
    assert.equal(ends[2], ends[0]);
  });

  on("no schedule breaks the reference, and the reader is told so", async (page) => {
    const figure = walker(page, "real_fix");
    await press(figure.getByRole("button", { name: /Show me/ }));
    assert.match(await said(figure).innerText(), /There is none: all \d+ recorded schedules end well/);
    for (const choice of ["Request 1 starts", "Request 2 starts", "The caller of request 1 is dropped"]) {
      await press(figure.getByRole("button", { name: choice }));
    }
    assert.match(await said(figure).innerText(), /Fetch 1 is dropped\. Fetch 2 begins/);
    assert.match(await known(figure, "In flight").innerText(), /user 42: fetch 2; request 2 waits/);
  });

  on("tasks can be held back between two events", async (page) => {
    const figure = walker(page, "real_fix");
    await press(figure.getByRole("button", { name: "Request 1 starts" }));
    await figure.getByRole("checkbox").focus();
    await page.keyboard.press("Space");
    await press(figure.getByRole("button", { name: /Fetch 1 brings the row · no task runs yet/ }));
    assert.match(await known(figure, "In flight").innerText(), /an answer nobody has received yet/);
    await press(figure.getByRole("button", { name: "The caller of request 1 is dropped" }));
    assert.match(await said(figure).innerText(), /Fetch 1 is dropped/);
  });

  on("the await is marked at which each request is suspended", async (page) => {
    const figure = walker(page, "seed_fix");
    const marked = async () => (await figure.locator(".suspended .here").allInnerTexts()).map((line) => line.trim().split(/\s*→\s*/));
    assert.deepEqual(await marked(), []);
    await press(figure.getByRole("button", { name: "Request 1 starts" }));
    await press(figure.getByRole("button", { name: "Request 2 starts" }));
    await press(figure.getByRole("button", { name: "Request 3 starts" }));
    assert.deepEqual(await marked(), [["2 3", "promise.kept.notified().await;"], ["1", "let user = self.db.fetch_user(id).await?;"]]);
    await press(figure.getByRole("button", { name: "Fetch 1 brings the row" }));
    assert.deepEqual(await marked(), []);
    await press(figure.getByRole("button", { name: "Restart" }));
    await figure.getByRole("checkbox").check();
    await press(figure.getByRole("button", { name: "Request 1 starts" }));
    assert.deepEqual(await marked(), [], "it has not come to any await");
  });

  test("a fold is marked at its pause and at the lock, and a monitor's task at its sleep", async () => {
    const page = await tab(stage);
    const marked = (/** @type {Locator} */ figure) => figure.locator(".suspended .here").allInnerTexts();
    const shows = async (figure, lines) => assert.deepEqual((await marked(figure)).map((line) => line.trim().split(/\s*→\s*/)), lines);
    const [lock, pause] = ["let _folding = FOLDING.lock().await;", "yield_now().await;"];
    await open(stage, page, "give_way.html");
    const folds = walker(page, "give_way");
    await shows(folds, [["3", lock]]);
    await press(folds.getByRole("button", { name: "One turn back" }));
    await shows(folds, [["3", lock], ["2", pause]]);
    await press(folds.getByRole("button", { name: "From the start" }));
    for (const choice of ["Request 1 starts", "Request 2 starts", "Request 3 starts", "The tasks run"]) {
      await press(folds.getByRole("button", { name: choice }));
      await shows(folds, []);
    }
    await press(folds.getByRole("button", { name: "The tasks run" }));
    await shows(folds, [["2", pause]]);
    assert.equal(await folds.getByText(/fetch|cache/i).count(), 0, "there is none");
    await open(stage, page, "loop_monitor.html");
    const monitor = walker(page, "loop_monitor");
    await press(monitor.getByRole("button", { name: "From the start" }));
    await shows(monitor, []);
    for (const choice of ["The instance is made", "30 ms pass", "A task keeps the loop"]) {
      await press(monitor.getByRole("button", { name: choice }));
      await shows(monitor, [["task", "clock.sleep(due.saturating_sub(clock.now())).await;"]]);
    }
    assert.match(await known(monitor, "The monitor").innerText(), /^24 stalls/);
    none(page.complaints, "complaints");
    await page.context().close();
  });

  on("every way through every trace can be drawn and told", async (page) => {
    for (const name of ["naive_cache", "seed_fix", "real_fix"]) {
      const figure = walker(page, name);
      // Always takes the last choice, including drops and held tasks.
      for (let turn = 0; turn < 12 && (await figure.locator(".choices button").count()) > 0; turn += 1) {
        await press(figure.locator(".choices button").last());
        assert.notEqual(await said(figure).innerText(), "");
      }
      await figure.getByText("the schedule is over").waitFor();
      assert.equal(await figure.locator("svg .turn, svg .wrong").count(), await figure.locator(".told li").count());
    }
  });

  on("what a figure shows is there as text too", async (page) => {
    const figure = walker(page, "naive_cache");
    const words = page.getByText("The fallback of naive_cache.");
    assert.equal(await words.isVisible(), false);
    const button = figure.getByRole("button", { name: "The same as text" });
    await press(button);
    await words.waitFor();
    assert.equal(await button.getAttribute("aria-expanded"), "true");
  });

  test("a figure whose recording is missing shows what it contains", async () => {
    const page = await tab(stage);
    await page.route("**/traces/*.json", (route) => route.fulfill({ status: 404, body: "" }));
    const missed = ["naive_cache", "by_hand"].map((name) => page.waitForResponse(`**/traces/${name}.json`));
    await open(stage, page, "every_element.html");
    await Promise.all(missed);
    assert.equal(await page.locator("[data-missing]").count(), 4);
    for (const words of ["The fallback of naive_cache.", "The fallback of the strip."]) {
      await page.getByText(words).waitFor();
    }
    await page.context().close();
  });

  on("a strip is zoomed and moved by keyboard", async (page) => {
    const figure = page.locator("loop-strip");
    const range = () => said(figure).innerText();
    assert.equal(await range(), "From 0 to 960 ms.");
    assert.equal(await figure.locator(".stall").count(), 4);
    assert.equal(await figure.locator("circle.wait").count(), 10);
    await press(figure.getByRole("button", { name: "Zoom in" }));
    assert.equal(await range(), "From 240 to 720 ms.");
    await press(figure.getByRole("button", { name: "Later" }));
    assert.equal(await range(), "From 480 to 960 ms.");
    assert.equal(await figure.locator(".stall").count(), 2);
    await press(figure.getByRole("button", { name: "All" }));
    assert.equal(await range(), "From 0 to 960 ms.");
    assert.match(await figure.locator(".sums").innerText(), /stub: 3 stalls, the longest 300 ms; of 5 requests half waited 301 ms or less, the last one 880 ms/);
    await figure.getByText("Measured on a desk.").waitFor();
  });

  on("who predicts sees the answer, also after coming back", async (page) => {
    const box = page.locator("predict-answer");
    const answer = box.getByText("A hundred.");
    const choice = box.getByRole("radio", { name: "As many as there are requests." });
    assert.equal(await answer.isVisible(), false);
    assert.equal(await box.getByText("What really happens").isVisible(), false, "no peeking");
    await press(box.getByRole("button", { name: "This is my answer" }));
    assert.match(await said(box).innerText(), /Choose one first/);
    // The first choice has the focus now; an arrow moves to the second.
    await page.keyboard.press("ArrowDown");
    assert.ok(await choice.isChecked());
    await press(box.getByRole("button", { name: "This is my answer" }));
    await answer.waitFor();
    assert.match(await said(box).innerText(), /You predicted it/);
    assert.equal(await box.locator("li.right").innerText(), "As many as there are requests.");
    await page.reload();
    await ready(page);
    assert.ok(await choice.isChecked());
    await answer.waitFor();
    await press(box.getByRole("button", { name: "Ask me again" }));
    assert.equal(await answer.isVisible(), false);
    assert.equal(await box.locator(".right").count(), 0, "no peeking");
    await page.reload();
    await ready(page);
    assert.equal(await choice.isChecked(), false);
    await box.getByRole("radio", { name: "None." }).check();
    await press(box.getByRole("button", { name: "This is my answer" }));
    assert.match(await said(box).innerText(), /It is choice 2, marked above/);
  });

  test("without scripts a prediction is a question and something to open", async () => {
    const page = await tab(stage, { javaScriptEnabled: false });
    await page.goto(`${stage.site.origin}/every_element.html`);
    await page.getByText("As many as there are requests.").waitFor();
    assert.equal(await page.getByText("A hundred.").isVisible(), false);
    await page.getByText("What really happens").click();
    await page.getByText("A hundred.").waitFor();
    await page.getByText("The fallback of naive_cache.").waitFor();
    await page.context().close();
  });
}
