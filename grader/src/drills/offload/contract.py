"""What drill `offload` calls in a submission. The module must offer exactly this."""

import hashes
import words

OFFERS = {"PasswordService": ["hash"]}

# What an instance is made with to see whether it can be.
SOME_ARGUMENTS = [2]

# Other threads have a part in this drill.
HAS_THREADS = True


def new(module, ask, arguments):
    return module.PasswordService(arguments[0])


async def call(module, made, entry, arguments, ask):
    return await made.hash(arguments[0])


def told(text):
    return words.write(text)


named = hashes.named
