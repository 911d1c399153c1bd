// The same hash in Node's thread pool.

import { tryOut } from './shared/server.mjs';

// ANCHOR: listing
import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2Elsewhere = promisify(pbkdf2);

async function hash(password) {
  return await pbkdf2Elsewhere(password, 'salt', 1_000_000, 32, 'sha256');
}
// ANCHOR_END: listing

await tryOut(hash);
