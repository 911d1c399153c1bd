// A page in the book's own frame that contains every element.

import { text } from "./site.mjs";

/** A recording made by hand: it shows the element and is not about any code. */
const recording = {
  unit: "ms",
  machine: "a desk",
  series: [
    { name: "stub", stalls: [[0, 300], [310, 300], [640, 290]], waits: [[0, 12], [10, 290], [9, 301], [20, 600], [80, 880]] },
    { name: "reference", stalls: [[400, 2]], waits: [[0, 1], [10, 2], [20, 2], [30, 3], [40, 3]] },
  ],
};

const walkers = ["naive_cache", "seed_fix", "real_fix"].map((name) => `
<h2>${name}</h2>
<schedule-walker trace="traces/${name}.json">
<p>The fallback of ${name}.</p>
<div class="table-wrapper"><table><thead><tr><th>turn</th><th>what happens</th></tr></thead>
<tbody><tr><td>q</td><td>a request starts</td></tr></tbody></table></div>
</schedule-walker>`);

const content = `
<h1>Every element</h1>
${walkers.join("\n")}
<h2>A strip</h2>
<loop-strip data="traces/by_hand.json"><p>The fallback of the strip.</p></loop-strip>
<h2>A verdict</h2>
<drill-panel slug="inflight_fix"><p>The fallback of the panel.</p></drill-panel>
<h2>The course</h2>
<course-progress><ol><li>The fallback of the course.</li></ol></course-progress>
<h2>A prediction</h2>
<predict-answer id="how-many" data-answer="2">
<p>How many fetches begin?</p>
<ul><li>One.</li><li>As many as there are requests.</li><li>None.</li></ul>
<details><summary>What really happens</summary><p>A hundred.</p></details>
</predict-answer>
<p><a href="index.html">Back</a></p>`;

/** Files to be served beside the site. */
export function files() {
  const frame = text("cache_race.html");
  const page = frame.replace(/(<main[^>]*>)[^]*(<\/main>)/, (_, open, close) => open + content + close);
  return {
    "every_element.html": page,
    "interactive/traces/by_hand.json": JSON.stringify(recording),
  };
}
