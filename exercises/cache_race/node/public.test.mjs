// The tests you can see; `node --test` in this folder runs them, and
// `cargo grade cache_race exercises/cache_race/node` the hidden ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Db } from '../../kit/node/kit.mjs';
import { UserCache, stampede } from './cache_race.mjs';

test('the second request for a user is served from the cache', async () => {
  const db = new Db(20);
  const cache = new UserCache(db);
  assert.deepEqual(await cache.getUser(42), await cache.getUser(42));
  assert.equal(db.fetches, 1);
});

test('a stampede of ten costs ten fetches', async () => {
  const { fetches } = await stampede(new Db(20), 42, 10);
  assert.equal(fetches, 10);
});
