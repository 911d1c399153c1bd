"""The world of the bank: the kit's balances, answered by the grader."""

import kit
import words
from operations import Failed


def bank(ask):
    """A handle to the run's bank."""

    async def send(kind, account, *balance):
        for given in (account, *balance):
            words.must_be_id(given, kind)
        try:
            return await ask(kind, words.from_id(account), *map(words.write, balance))
        except Failed:
            pass
        raise kit.BankUnavailable()

    made = kit.Bank()
    made._ask = send
    return made


def balance(value):
    """What a call returned, as the grader is told."""
    return words.write(value) if isinstance(value, int) else words.odd(value, "a balance")


def named(error):
    """An exception's name in the protocol, if it is the bank's."""
    return ["unavailable", []] if isinstance(error, kit.BankUnavailable) else None
