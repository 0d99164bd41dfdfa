"""Which keys has a customer, and what are they to sign?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import Stale
from app.store import tables
from app.store.records import Challenge, Passkey
from app.store.upsert import insert

_p = tables.passkey.c
_c = tables.challenge.c


class SqlPasskeys:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, passkey: Passkey) -> None:
        try:
            await self._db.execute(tables.passkey.insert().values(structs.asdict(passkey)))
        except IntegrityError as error:
            raise Stale("passkey") from error

    async def of(self, customer_id: UUID) -> Sequence[Passkey]:
        statement = select(tables.passkey).where(_p.customer_id == customer_id)
        rows = await self._db.execute(statement.order_by(_p.created_at, _p.id))
        return [Passkey(**row._asdict()) for row in rows]

    async def used(self, passkey: Passkey, sign_count: int, now: datetime) -> None:
        same = (_p.id == passkey.id, _p.sign_count == passkey.sign_count)
        changed = await self._db.execute(
            update(tables.passkey).where(*same).values(sign_count=sign_count, used_at=now)
        )
        if changed.rowcount == 0:
            raise Stale("passkey")

    async def remove(self, id: UUID) -> None:
        await self._db.execute(delete(tables.passkey).where(_p.id == id))


class SqlChallenges:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def put(self, challenge: Challenge) -> None:
        new = insert(self._db, tables.challenge).values(structs.asdict(challenge))
        told = {name: new.excluded[name] for name in ("challenge", "expires_at")}
        await self._db.execute(new.on_conflict_do_update(index_elements=[_c.purpose], set_=told))

    async def take(self, purpose: str) -> Challenge | None:
        taken = delete(tables.challenge).where(_c.purpose == purpose).returning(tables.challenge)
        row = (await self._db.execute(taken)).one_or_none()
        return None if row is None else Challenge(**row._asdict())

    async def forget(self, now: datetime) -> None:
        await self._db.execute(delete(tables.challenge).where(_c.expires_at <= now))
