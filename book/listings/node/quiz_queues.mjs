// A question: who goes first, the rest of this script, a promise or a timer?

// ANCHOR: listing
setTimeout(() => console.log('timer'), 0);
Promise.resolve().then(() => console.log('promise'));
console.log('script');
// ANCHOR_END: listing
