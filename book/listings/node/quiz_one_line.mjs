// A question: ten additions in one line each, with an await in it.

// ANCHOR: listing
let total = 0;

async function price() {
  return 10;
}

async function add() {
  total += await price();
}

await Promise.all(Array.from({ length: 10 }, add));
console.log(total);
// ANCHOR_END: listing
