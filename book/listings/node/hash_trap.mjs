// The trap: a hash that is computed on the loop's thread.

import { tryOut } from './shared/server.mjs';

// ANCHOR: listing
import { pbkdf2Sync } from 'node:crypto';

function hash(password) {
  return pbkdf2Sync(password, 'salt', 1_000_000, 32, 'sha256');
}
// ANCHOR_END: listing

await tryOut(hash);
