"""What drill `lost_update` calls in a submission. The module must offer exactly this."""

import accounts
import words

OFFERS = {"Accounts": ["deposit"]}


def new(module, ask, arguments):
    return module.Accounts(accounts.bank(ask))


async def call(module, made, entry, arguments, ask):
    account, amount = arguments
    return await made.deposit(words.to_id(account), amount)


told = accounts.balance
named = accounts.named
