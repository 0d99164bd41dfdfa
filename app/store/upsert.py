"""INSERT that may say ON CONFLICT, which SQLAlchemy spells once per dialect."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(db: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    if db.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
