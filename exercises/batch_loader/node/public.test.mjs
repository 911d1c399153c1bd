// The tests you can see; `node --test` in this folder runs them, and
// `cargo grade batch_loader exercises/batch_loader/node` the hidden ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Bulk } from '../../kit/node/kit.mjs';
import { Loader } from './batch_loader.mjs';

test('ten requests together cost two calls of five', async () => {
  const bulk = new Bulk(1);
  const loader = new Loader(bulk, 5);
  const ids = Array.from({ length: 10 }, (_, at) => at + 1);
  const items = await Promise.all(ids.map((id) => loader.load(id)));
  assert.deepEqual(items.map((item) => item.id), ids);
  assert.deepEqual(bulk.calls.map((call) => call.length), [5, 5]);
});

test('an item that is not there is null', async () => {
  assert.equal(await new Loader(new Bulk(1), 5).load(0), null);
});
