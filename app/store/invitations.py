"""Who may choose a password, and by which link?"""

from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.records import Invitation
from app.store.upsert import insert

_c = tables.invitation.c


class SqlInvitations:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def put(self, invitation: Invitation) -> None:
        row = asdict(invitation)
        await self._db.execute(
            insert(self._db, tables.invitation)
            .values(row)
            .on_conflict_do_update(index_elements=[_c.agent_id], set_=row)
        )

    async def find(self, token_hash: bytes, now: datetime) -> Invitation | None:
        unused = select(tables.invitation).where(_c.token_hash == token_hash)
        row = (await self._db.execute(unused.where(_c.expires_at > now))).one_or_none()
        return None if row is None else Invitation(**row._asdict())

    async def delete_of(self, agent_id: UUID) -> None:
        await self._db.execute(delete(tables.invitation).where(_c.agent_id == agent_id))
