"""What time it is, by the database: the one clock that all processes share."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.store.types import UtcDateTime


class clock(FunctionElement[datetime]):
    """The time at which the statement looks, in UTC.

    Postgres' now() stands still from BEGIN on; a transaction that waited for a lock would judge
    deadlines by the time before the wait. clock_timestamp() does not.
    """

    type = UtcDateTime()
    inherit_cache = True


@compiles(clock, "postgresql")
def _postgresql(element: clock, compiler: SQLCompiler, **options: Any) -> str:
    return "clock_timestamp()"


@compiles(clock, "sqlite")
def _sqlite(element: clock, compiler: SQLCompiler, **options: Any) -> str:
    # Milliseconds are all it gives; the zeros make them the microseconds that are read back.
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


class seconds_between(FunctionElement[float]):
    """How many seconds lie between two moments, the earlier one first."""

    type = Float()
    inherit_cache = True


@compiles(seconds_between, "postgresql")
def _between_on_postgresql(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(one, **options) for one in element.clauses)
    return f"EXTRACT(EPOCH FROM {later} - {earlier})"


@compiles(seconds_between, "sqlite")
def _between_on_sqlite(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(one, **options) for one in element.clauses)
    return f"(julianday({later}) - julianday({earlier})) * 86400"


def seconds_since(moment: ColumnElement[datetime], now: datetime) -> ColumnElement[float]:
    return seconds_between(moment, literal(now, UtcDateTime()))
