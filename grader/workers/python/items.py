"""The world of items: the kit's bulk read, answered by the grader."""

import kit
import words
from operations import Failed


def bulk(ask):
    """A handle to the run's items."""

    async def load(ids):
        ids = list(ids)
        for one in ids:
            words.must_be_id(one, "load")
        try:
            brought = await ask("load", *map(words.from_id, ids))
        except Failed as failed:
            are_too_many = failed.name == "too_many"
        else:
            return [one and kit.Item(words.to_id(one[0]), one[1]) for one in brought]
        raise kit.TooMany() if are_too_many else kit.BulkUnavailable()

    made = kit.Bulk()
    made._ask = load
    return made


def item(one):
    """What a call returned, as the grader is told."""
    if one is None:
        return None
    if not isinstance(one, kit.Item):
        return words.odd(one, "an `Item` or `None`")
    return [words.from_id(one.id), words.write(one.text) if isinstance(one.text, str) else None]


def named(error):
    """An exception's name in the protocol, if it is one of the items'."""
    if isinstance(error, kit.TooMany):
        return ["too_many", []]
    return ["unavailable", []] if isinstance(error, kit.BulkUnavailable) else None
