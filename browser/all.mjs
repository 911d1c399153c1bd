// Every browser test, in one process with one browser.

import { after, before } from "node:test";
import { start } from "./browser.mjs";
import { files } from "./fixture.mjs";
import { serve } from "./site.mjs";
import { everyPage } from "./every_page.mjs";
import { elements } from "./elements.mjs";
import { journey } from "./journey.mjs";
import { live } from "./live.mjs";
import { links } from "./links.mjs";
import { frame } from "./frame.mjs";
import { report } from "./report.mjs";

/** What the tests share; filled before the first one. */
const stage = /** @type {import("./stage.mjs").Stage} */ ({});

before(async () => {
  stage.site = await serve(files());
  stage.browser = await start();
});

after(async () => {
  await stage.browser?.close();
  stage.site?.close();
});

links();
everyPage(stage);
frame(stage);
elements(stage);
report(stage);
live(stage);
journey(stage);
