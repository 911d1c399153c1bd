"""What drill `inflight_fix` calls in a submission. The module must offer exactly this."""

import users
import words

OFFERS = {"UserCache": ["get_user"]}


def new(module, ask, arguments):
    return module.UserCache(users.database(ask))


async def call(module, cache, entry, arguments, ask):
    return await cache.get_user(words.to_id(arguments[0]))


told = users.row
named = users.named
