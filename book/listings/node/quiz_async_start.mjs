// A question: when does the body of an async function begin?

// ANCHOR: listing
async function greet() {
  console.log('hello');
}

const greeting = greet();
console.log('before');
await greeting;
// ANCHOR_END: listing
