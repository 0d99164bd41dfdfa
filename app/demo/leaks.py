"""Where is a secret kept that nobody should have kept? Looks at every row and every file."""

from pathlib import Path

from sqlalchemy import select

from app.store import tables
from app.store.engine import open_database


async def places_of(secret: str, database_url: str, folder: Path) -> list[str]:
    """Tables of the database and files of the folder that hold the digits, however spaced."""
    found = await _tables_with(secret, database_url)
    return found + [file.name for file in _files(folder) if _holds(file.read_bytes(), secret)]


async def _tables_with(secret: str, database_url: str) -> list[str]:
    database = open_database(database_url)
    try:
        async with database.read() as db:
            return [
                table.name
                for table in tables.metadata.sorted_tables
                if _holds(repr((await db.execute(select(table))).all()).encode(), secret)
            ]
    finally:
        await database.close()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _holds(content: bytes, secret: str) -> bool:
    spellings = {secret, secret.replace(" ", ""), secret.replace(" ", "-")}
    return any(spelling.encode() in content for spelling in spellings)
