"""What drill `transfer` calls in a submission. The module must offer exactly this."""

import audits
import words

OFFERS = {"Accounts": ["transfer", "balance", "total"]}


# What an instance is made with to see whether it can be.
SOME_ARGUMENTS = [[]]


def new(module, ask, arguments):
    opening = [(words.to_id(account), held) for account, held in arguments[0]]
    return module.Accounts(audits.audit(ask), opening)


async def call(module, made, entry, arguments, ask):
    source, target, amount = arguments
    return await made.transfer(words.to_id(source), words.to_id(target), amount)


def look(made, entry, arguments):
    balances = [words.write(made.balance(words.to_id(account))) for account in arguments]
    return [*balances, words.write(made.total())]


def told(nothing):
    return words.write(nothing)


named = audits.named
