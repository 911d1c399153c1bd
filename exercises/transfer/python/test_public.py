"""The tests you can see; `python3 -m unittest` in this folder runs them, and
`cargo grade transfer exercises/transfer/python` the hidden ones."""

import asyncio
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kit/python"))

from kit import Audit, Insufficient, NoSuchAccount

from transfer import Accounts

ADA, BOB, NOBODY = 1, 2, 3


class Public(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.accounts = Accounts(Audit(latency=0.001), [(ADA, 100), (BOB, 0)])

    async def both(self, *transfers):
        """How these transfers end when all begin at once: an error or `None` for each."""
        ended = (self.accounts.transfer(*one) for one in transfers)
        return await asyncio.gather(*ended, return_exceptions=True)

    async def test_of_two_transfers_that_are_too_much_together_one_happens(self):
        first, second = await self.both((ADA, BOB, 60), (ADA, BOB, 60))
        self.assertIsNone(first)
        self.assertIsInstance(second, Insufficient)
        self.assertEqual(self.accounts.balance(ADA), 40)
        self.assertEqual(self.accounts.total(), 100)

    async def test_a_transfer_to_nobody_and_one_to_oneself_change_nothing(self):
        nobody, oneself = await self.both((ADA, NOBODY, 500), (ADA, ADA, 30))
        self.assertIsInstance(nobody, NoSuchAccount)
        self.assertIsNone(oneself)
        self.assertEqual(self.accounts.balance(ADA), 100)
        self.assertIsNone(self.accounts.balance(NOBODY))

    async def test_opposite_transfers_both_end(self):
        await self.accounts.transfer(ADA, BOB, 50)
        opposite = self.both((ADA, BOB, 20), (BOB, ADA, 30))
        self.assertEqual(await asyncio.wait_for(opposite, 5), [None, None])
        self.assertEqual(self.accounts.balance(ADA), 60)


if __name__ == "__main__":
    unittest.main()
