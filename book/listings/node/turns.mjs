// Two tasks take turns, and only at their awaits.

// ANCHOR: listing
async function count(name) {
  for (let number = 1; number <= 3; number++) {
    console.log(name, 'begins', number);
    console.log(name, 'ends', number);
    await null;
  }
}

await Promise.all([count('red'), count('blue')]);
// ANCHOR_END: listing
