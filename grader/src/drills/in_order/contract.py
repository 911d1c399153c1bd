"""What drill `in_order` calls in a submission. The module must offer exactly this."""

import kit
import sinks
import words

OFFERS = {"Processor": ["handle"]}

# What an instance is made with to see whether it can be.
SOME_ARGUMENTS = [2]

# The order of events is the order in which `handle` is first entered.
TELLS_ENTERED = True


def new(module, ask, arguments):
    return module.Processor(sinks.sink(ask), arguments[0])


async def call(module, made, entry, arguments, ask):
    key, number = map(words.to_id, arguments)
    return await made.handle(kit.Event(key, number))


def told(nothing):
    return words.write(nothing)


named = sinks.named
