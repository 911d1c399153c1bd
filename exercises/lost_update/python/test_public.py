"""The tests you can see; `python3 -m unittest` in this folder runs them, and
`cargo grade lost_update exercises/lost_update/python` the hidden ones."""

import asyncio
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kit/python"))

from kit import Bank

from lost_update import Accounts


class Public(unittest.IsolatedAsyncioTestCase):
    async def test_ten_deposits_at_once_are_all_in_the_balance(self):
        bank = Bank(latency=0.001)
        accounts = Accounts(bank)
        balances = await asyncio.gather(*(accounts.deposit(8, 10) for _ in range(10)))
        self.assertEqual(await bank.read(8), 100)
        self.assertIn(100, balances)

    async def test_a_deposit_returns_the_balance_it_makes(self):
        accounts = Accounts(Bank(latency=0.001))
        self.assertEqual(await accounts.deposit(1, 10), 10)
        self.assertEqual(await accounts.deposit(1, 5), 15)


if __name__ == "__main__":
    unittest.main()
