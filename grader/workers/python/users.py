"""The world of users: the kit's database, answered by the grader."""

import kit
import words
from operations import Failed


def database(ask, fetches=0):
    """A handle to the run's database, through which so many fetches have begun before."""

    async def fetch(user_id):
        words.must_be_id(user_id, "fetch_user")
        try:
            name = await ask("fetch_user", words.from_id(user_id))
        except Failed as failed:
            is_there = failed.name != "not_found"
        else:
            return kit.User(user_id, name)
        # No frame keeps its own error: nothing is left for a collection.
        raise kit.Unavailable() if is_there else kit.NotFound(user_id)

    db = kit.Db()
    db._ask, db._fetches = fetch, fetches
    return db


def row(user):
    """What a call returned, as the grader is told."""
    if not isinstance(user, kit.User):
        return words.odd(user, "a `User`")
    return [words.from_id(user.id), words.write(user.name) if isinstance(user.name, str) else None]


def named(error):
    """An exception's name in the protocol, if it is one of the kit's."""
    if isinstance(error, kit.NotFound):
        return ["not_found", [words.from_id(error.user_id)]]
    if isinstance(error, kit.Unavailable):
        return ["unavailable", []]
    return None
