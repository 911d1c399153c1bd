// What ends an async function before its time: nothing but the function itself.

// ANCHOR: listing
import { setTimeout as wait } from 'node:timers/promises';

async function book(who, time, signal) {
  try {
    await wait(time, null, { signal });
    console.log(who, 'has booked');
  } catch {
    console.log(who, 'gives up');
  }
}

const tooLate = wait(10).then(() => 'too late');
console.log('Ada is', await Promise.race([book('Ada', 300), tooLate]));
await book('Ben', 5000, AbortSignal.timeout(10));
await wait(600);
// ANCHOR_END: listing
