"""What drill `batch_loader` calls in a submission. The module must offer exactly this."""

import items
import words

OFFERS = {"Loader": ["load"]}

# What an instance is made with to see whether it can be.
SOME_ARGUMENTS = [2]

# A call that went out before `load` is first entered cannot be for it.
TELLS_ENTERED = True


def new(module, ask, arguments):
    return module.Loader(items.bulk(ask), arguments[0])


async def call(module, made, entry, arguments, ask):
    return await made.load(words.to_id(arguments[0]))


told = items.item
named = items.named
