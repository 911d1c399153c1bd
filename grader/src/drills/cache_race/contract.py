"""What drill `cache_race` calls in a submission. The module must offer exactly this."""

import numbers

import users
import words

NANOS = 1_000_000_000

OFFERS = {"UserCache": ["get_user"], "stampede": []}


class Report:
    """What `stampede` returned."""

    def __init__(self, given):
        self.given = given

    def told(self):
        given = self.given
        if not isinstance(given, (tuple, list)):
            return words.odd(given, "a tuple `(fetches, seconds)`")
        if len(given) != 2:
            return [f"a tuple of {len(given)}, not `(fetches, seconds)`"]
        for name, one in zip(("fetches", "seconds"), given):
            if not isinstance(one, numbers.Number) or isinstance(one, complex) or one != one:
                return [words.write(f"{words.kind(one)} as `{name}`")]
        fetches, seconds = given
        return [int(fetches), round(seconds * NANOS)]


def new(module, ask, arguments):
    return module.UserCache(users.database(ask))


async def call(module, cache, entry, arguments, ask):
    user_id = words.to_id(arguments[0])
    if entry == "stampede":
        _, requests, before = arguments
        return Report(await module.stampede(users.database(ask, before), user_id, requests))
    return await cache.get_user(user_id)


def told(value):
    return value.told() if isinstance(value, Report) else users.row(value)


named = users.named
