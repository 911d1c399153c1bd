"""The world of the audit: the kit's records of transfers, answered by the grader."""

import kit
import words
from operations import Failed


def audit(ask):
    """A handle to the run's audit."""

    async def record(source, target, amount):
        try:
            await ask("record", words.from_id(source), words.from_id(target), words.write(amount))
        except Failed:
            pass
        else:
            return
        raise kit.AuditUnavailable()

    made = kit.Audit()
    made._ask = record
    return made


def named(error):
    """An exception's name in the protocol, if it is one of the kit's."""
    if isinstance(error, kit.Insufficient):
        return ["insufficient", []]
    if isinstance(error, kit.NoSuchAccount):
        return ["no_such_account", []]
    return ["unavailable", []] if isinstance(error, kit.AuditUnavailable) else None
