"""What is in the database in the end? Read without the server, and without its store."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import open_database
from app.store.tables import conversation, event
from tests.chaos.view import Line


class Stored:
    """Heads and rows of all conversations."""

    def __init__(self) -> None:
        self.heads: dict[str, int] = {}
        self.rows: dict[str, list[Line]] = {}


async def read(url: str) -> Stored:
    database = open_database(url)
    try:
        async with database.read() as db:
            return await _read(db)
    finally:
        await database.close()


async def _read(db: AsyncConnection) -> Stored:
    stored = Stored()
    for id, head in await db.execute(select(conversation.c.id, conversation.c.head)):
        stored.heads[str(id)] = head
        stored.rows[str(id)] = []
    columns = event.c
    asked = select(columns.conversation_id, columns.seq, columns.cmid, columns.body)
    for id, seq, cmid, body in await db.execute(asked.order_by(columns.seq)):
        line = Line(seq, None if cmid is None else str(cmid), body.get("text", ""))
        stored.rows[str(id)].append(line)
    return stored
