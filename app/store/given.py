"""How does one statement get many rows of values? As a table that it joins, in one parameter.

A list in the text (`IN (?, ?, ...)`) would be another statement for every length, each prepared
and planned anew. The statement is made once for each dialect; `rows` are its parameters.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FromClause, Text, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

ID, NUMBER = Uuid(), BigInteger()


def given(dialect: str, **columns: TypeEngine[Any]) -> FromClause:
    """A table of the rows that come with `rows`; `columns` are the names and types in it.

    SQLite takes ids and numbers only.
    """
    if dialect == "postgresql":
        arrays = [
            bindparam(f"given_{at}", type_=ARRAY(kind)) for at, kind in enumerate(columns.values())
        ]
        return func.unnest(*arrays).table_valued(*columns).render_derived("given")
    each = func.json_each(bindparam("given", type_=Text())).table_valued("value")
    fields = [
        func.json_extract(each.c.value, f"$[{at}]").label(name) for at, name in enumerate(columns)
    ]
    return select(*fields).subquery("given")


def rows(dialect: str, values: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """The parameters of a statement that has a `given` table."""
    if dialect == "postgresql":
        width = len(values[0]) if values else 2
        columns = list(zip(*values, strict=True)) or [()] * width
        return {f"given_{at}": list(column) for at, column in enumerate(columns)}
    # SQLite keeps an id as its 32 hex digits.
    plain = [[one.hex if isinstance(one, UUID) else one for one in row] for row in values]
    return {"given": json.dumps(plain)}
