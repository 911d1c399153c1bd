"""What drill `cache_race` calls in a submission. The module must offer exactly this."""

import users
import words

OFFERS = {"UserCache": ["get_user"], "stampede": []}


def new(module, ask, arguments):
    return module.UserCache(users.database(ask))


async def call(module, cache, entry, arguments, ask):
    user_id = words.to_id(arguments[0])
    if entry == "stampede":
        _, requests, before = arguments
        report = await module.stampede(users.database(ask, before), user_id, requests)
        fetches, seconds = report
        return [int(fetches), round(seconds * 1e9)]
    return await cache.get_user(user_id)


def told(value):
    return words.write(value) if isinstance(value, list) else users.row(value)


named = users.named
