// The tests you can see; `node --test` in this folder runs them, and
// `cargo grade inflight_fix exercises/inflight_fix/node` the hidden ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Db, NotFound } from '../../kit/node/kit.mjs';
import { UserCache } from './inflight_fix.mjs';

test('a hundred requests for one user cost one fetch', async () => {
  const db = new Db(20);
  const cache = new UserCache(db);
  const answers = await Promise.all(Array.from({ length: 100 }, () => cache.getUser(42)));
  assert.deepEqual([...new Set(answers.map((answer) => answer.id))], [42]);
  assert.equal(db.fetches, 1);
});

test('an error is not cached', async () => {
  const db = new Db(20);
  const cache = new UserCache(db);
  for (let time = 0; time < 2; time += 1) await assert.rejects(cache.getUser(0), NotFound);
  assert.equal(db.fetches, 2);
});
