"""A server that dies by SIGKILL at the N-th event of runs, just before or just after its commit.

    KILLED_AT=3 KILLED=before python -m tests.chaos.killed_at serve

Before: whatever led to the event has happened, and nothing of it is stored. After: it is stored,
and neither answered nor acted upon.
"""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli import main
from app.store import tables
from app.store.engine import Database

_committed = Database.write
_at = int(os.environ.get("KILLED_AT", "0"))
_before = os.environ.get("KILLED") == "before"


@asynccontextmanager
async def _mortal(database: Database) -> AsyncIterator[AsyncConnection]:
    async with _committed(database) as db:
        had = await _events(db)
        yield db
        is_now = had < _at <= await _events(db)
        if is_now and _before:
            _die()
    if is_now:
        _die()


async def _events(db: AsyncConnection) -> int:
    asked = select(func.count()).where(tables.event.c.private.is_not(None))
    return int((await db.execute(asked)).scalar_one())


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Database.write = _mortal  # type: ignore[assignment,method-assign]
    main()
