"""The tests you can see; `python3 -m unittest` in this folder runs them, and
`cargo grade offload exercises/offload/python` the hidden ones."""

import asyncio
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kit/python"))

from kit import TooLong, verify_password

from offload import PasswordService


class Public(unittest.IsolatedAsyncioTestCase):
    async def test_the_loop_answers_while_passwords_are_hashed(self):
        service = PasswordService(2)
        hashes = asyncio.gather(*(service.hash(f"password {one}") for one in range(4)))
        turns = 0
        while not hashes.done():
            await asyncio.sleep(0.001)
            turns += 1
        await hashes
        self.assertGreater(turns, 3, "the loop stood still while passwords were hashed")

    async def test_each_password_has_its_own_hash(self):
        service = PasswordService(2)
        first, second = await asyncio.gather(service.hash("one"), service.hash("two"))
        self.assertTrue(verify_password("one", first))
        self.assertFalse(verify_password("one", second))

    async def test_a_password_that_is_too_long_is_an_error(self):
        service = PasswordService(1)
        with self.assertRaises(TooLong):
            await service.hash("x" * 73)
        self.assertTrue(await service.hash("x" * 72))


if __name__ == "__main__":
    unittest.main()
