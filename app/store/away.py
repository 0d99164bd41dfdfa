"""Is it the database that does not answer, and not the question that is wrong?"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import exc


class DatabaseAway(Exception):
    """Try again in a moment; the log says why. What was being written may be stored or not."""

    def __init__(self) -> None:
        super().__init__("the database does not answer")


_NO_CONNECTION = (
    OSError,
    exc.InterfaceError,
    exc.TimeoutError,
    # Raised bare where there was no connection yet, or where it broke in the middle of an answer.
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
_POSTGRES = ("08", "53", "57P")
"""Connection exception, insufficient resources, shut down (appendix A of its manual)."""


@asynccontextmanager
async def asked() -> AsyncIterator[None]:
    """Whatever the block asks of the database; raises DatabaseAway where that does not answer."""
    try:
        yield
    except _NO_CONNECTION as error:
        raise DatabaseAway from error
    except exc.DBAPIError as error:
        if not _is_away(error):
            raise
        raise DatabaseAway from error


def _is_away(error: exc.DBAPIError) -> bool:
    primary = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or primary in _SQLITE or state.startswith(_POSTGRES)
