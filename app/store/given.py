"""How does one statement get many rows of ids? As a table that it joins, in one parameter.

A list of values in the text (`IN (?, ?, ...)`) would be another statement for every length, each
prepared and planned anew.
"""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import FromClause, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection


def given(db: AsyncConnection, rows: Sequence[tuple[UUID, ...]], *names: str) -> FromClause:
    """A table of these rows; `names` are its columns."""
    if db.dialect.name == "postgresql":
        columns = zip(*rows, strict=True) if rows else ([] for _ in names)
        arrays = [bindparam(None, list(column), ARRAY(Uuid)) for column in columns]
        return func.unnest(*arrays).table_valued(*names).render_derived("given")
    # An id is kept as 32 hex digits.
    text = json.dumps([[one.hex for one in row] for row in rows])
    each = func.json_each(text).table_valued("value")
    fields = [func.json_extract(each.c.value, f"$[{at}]") for at in range(len(names))]
    labelled = [field.label(name) for field, name in zip(fields, names, strict=True)]
    return select(*labelled).subquery("given")
