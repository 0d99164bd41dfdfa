"""How does one statement get many rows of values? As a table that it joins, in one parameter.

A list in the text (`IN (?, ?, ...)`) would be another statement for every length, each prepared
and planned anew.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FromClause, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

ID, NUMBER = Uuid(), BigInteger()


def given(
    db: AsyncConnection, rows: Sequence[tuple[UUID | int, ...]], **columns: Uuid[UUID] | BigInteger
) -> FromClause:
    """A table of these rows; `columns` are the names and types of what is in them."""
    if db.dialect.name == "postgresql":
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        arrays = [
            bindparam(None, list(column), ARRAY(kind))
            for column, kind in zip(values, columns.values(), strict=True)
        ]
        return func.unnest(*arrays).table_valued(*columns).render_derived("given")
    each = func.json_each(_json(rows)).table_valued("value")
    fields = [
        func.json_extract(each.c.value, f"$[{at}]").label(name) for at, name in enumerate(columns)
    ]
    return select(*fields).subquery("given")


def _json(rows: Sequence[tuple[Any, ...]]) -> str:
    # SQLite keeps an id as its 32 hex digits.
    return json.dumps([[one.hex if isinstance(one, UUID) else one for one in row] for row in rows])
