// The tests you can see; `node --test` in this folder runs them, and
// `cargo grade lost_update exercises/lost_update/node` the hidden ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Bank } from '../../kit/node/kit.mjs';
import { Accounts } from './lost_update.mjs';

test('ten deposits at once are all in the balance', async () => {
  const bank = new Bank(1);
  const accounts = new Accounts(bank);
  const deposits = Array.from({ length: 10 }, () => accounts.deposit(8, 10));
  const balances = await Promise.all(deposits);
  assert.equal(await bank.read(8), 100);
  assert.ok(balances.includes(100));
});

test('a deposit returns the balance it makes', async () => {
  const accounts = new Accounts(new Bank(1));
  assert.equal(await accounts.deposit(1, 10), 10);
  assert.equal(await accounts.deposit(1, 5), 15);
});
