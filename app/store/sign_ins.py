"""Whose is this access token?"""

from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.records import Proof, SignIn

_c = tables.sign_in.c

# Made once, as everywhere here: making a statement costs more than running it.
_FIND = select(tables.sign_in).where(
    _c.token_hash == bindparam("token_hash"), _c.expires_at > bindparam("now")
)


class SqlSignIns:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, sign_in: SignIn) -> None:
        await self._db.execute(insert(tables.sign_in).values(structs.asdict(sign_in)))

    async def find(self, token_hash: bytes, now: datetime) -> SignIn | None:
        found = await self._db.execute(_FIND, {"token_hash": token_hash, "now": now})
        row = found.one_or_none()
        return None if row is None else SignIn(**row._asdict())

    async def delete(self, token_hash: bytes) -> None:
        await self._db.execute(delete(tables.sign_in).where(_c.token_hash == token_hash))

    async def delete_of(self, owner_id: UUID) -> None:
        await self._db.execute(delete(tables.sign_in).where(_c.owner_id == owner_id))

    async def proved(self, token_hash: bytes, proof: Proof | None) -> None:
        level, at = (proof.level, proof.at) if proof else (None, None)
        mine = update(tables.sign_in).where(_c.token_hash == token_hash)
        await self._db.execute(mine.values(proved_level=level, proved_at=at))

    async def forget(self, now: datetime) -> None:
        await self._db.execute(delete(tables.sign_in).where(_c.expires_at <= now))
