"""Right: a dataclass, and the errors of the database passed on by hand."""

import asyncio
import dataclasses

from kit import DbError


@dataclasses.dataclass
class UserCache:
    """A cache in front of the database."""

    db: object
    users: dict = dataclasses.field(default_factory=dict)

    async def get_user(self, uid):
        """The user with this id."""
        match self.users.get(uid):
            case None:
                try:
                    user = await self.db.fetch_user(uid)
                except DbError as error:
                    raise error
                return self.users.setdefault(uid, user)
            case user:
                return user


async def stampede(db, uid, requests):
    """Sends `requests` requests at once and returns what happened."""
    before, clock = db.fetches, asyncio.get_running_loop().time
    start, cache = clock(), UserCache(db)
    await asyncio.gather(*(cache.get_user(uid) for _ in range(requests)), return_exceptions=True)
    return db.fetches - before, clock() - start
