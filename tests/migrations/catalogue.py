"""What is in a database, in its own words: every table, column, constraint and index."""

import re
from collections.abc import Mapping

from sqlalchemy import text

from app.store.engine import open_database
from app.store.tables import metadata

Catalogue = Mapping[str, str]

_OF_POSTGRES = """
    SELECT 'table ' || relname AS name, coalesce(array_to_string(reloptions, ','), '') AS definition
      FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'column ' || table_name || '.' || column_name,
           concat_ws(' ', data_type, is_nullable, column_default)
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint ' || conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""

_OF_SQLITE = """
    SELECT type || ' ' || name AS name, sql AS definition
      FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'
"""


async def catalogue(url: str) -> Catalogue:
    """Everything but Alembic's own table."""
    database = open_database(url)
    try:
        async with database.read() as db:
            found = await db.execute(text(_OF_POSTGRES if database.is_postgres else _OF_SQLITE))
            return {
                row.name: _unordered(row.definition)
                for row in found
                if "alembic_version" not in row.name
            }
    finally:
        await database.close()


def _unordered(definition: str) -> str:
    """The parts of a definition sorted: in which order it names its columns changes nothing.

    SQLite writes a column that was added later behind the last one, in the same line.
    """
    parts = re.split(r"\n|, (?![^()]*\))", definition)
    lines = [part.strip().rstrip(",") for part in parts]
    return "\n".join(sorted(filter(None, lines)))


async def create_all(url: str) -> None:
    """Make the tables as the program describes them, without any migration."""
    database = open_database(url)
    try:
        async with database.write() as db:
            await db.run_sync(metadata.create_all)
    finally:
        await database.close()
