// A question: does forEach wait for an async callback?

// ANCHOR: listing
import { setTimeout as wait } from 'node:timers/promises';

async function saveAll(rows) {
  rows.forEach(async (row) => {
    await wait(10);
    console.log('saved', row);
  });
  console.log('all saved');
}

await saveAll(['a', 'b']);
// ANCHOR_END: listing
