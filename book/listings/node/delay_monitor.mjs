// Node's own meter of loop delay, over a loop that is held once.
// Facts go to standard output, measured times to standard error.

import { pbkdf2Sync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

// ANCHOR: listing
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();
await wait(200);
pbkdf2Sync('correct horse', 'salt', 1_000_000, 32, 'sha256');
await wait(200);
delays.disable();

const inMilliseconds = (nanoseconds) => nanoseconds / 1e6;
const median = inMilliseconds(delays.percentile(50));
const worst = inMilliseconds(delays.max);
// ANCHOR_END: listing
console.log('the worst delay is more than twice the median:', worst > 2 * median);
console.error(`median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`);
