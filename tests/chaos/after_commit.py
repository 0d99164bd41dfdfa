"""A server that is told of a lost connection although its transaction was committed.

    python -m tests.chaos.after_commit serve

That is what a network does that breaks between COMMIT and its answer. Nobody knows then what is
stored; whatever is repeated must have no second effect.
"""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli import main
from app.store.engine import Database

SHARE = 0.01
"""Of all transactions that write."""

_committed = Database.write
_rng = random.Random()  # noqa: S311 - no secret


@asynccontextmanager
async def _told_otherwise(database: Database) -> AsyncIterator[AsyncConnection]:
    async with _committed(database) as db:
        yield db
    if _rng.random() < SHARE:
        raise OSError("the connection broke after the commit")


if __name__ == "__main__":
    Database.write = _told_otherwise  # type: ignore[assignment,method-assign]
    main()
