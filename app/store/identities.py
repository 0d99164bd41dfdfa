"""Which devices came without signing in, and whose history did theirs become?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import ColumnElement, Table, Update, case, exists, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import Stale
from app.conversation.files import LEFT_LYING
from app.conversation.people import Customer, DeviceIdentity
from app.store import tables

_c = tables.device_identity.c
OPEN = ("active", "waiting", "with_human")
"""Of a run, as the index uq_run_open has it."""

STAYS = frozenset({"conversation", "device_identity", "fact"})
"""Tables of customers whose rows stay the guest's."""


class SqlIdentities:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, identity: DeviceIdentity) -> None:
        row = structs.asdict(identity)
        await self._db.execute(tables.device_identity.insert().values(row))

    async def by_secret(self, secret_hash: bytes, *, lock: bool = False) -> DeviceIdentity | None:
        return await self._one(_c.secret_hash == secret_hash, lock=lock)

    async def of(self, customer_id: UUID, *, lock: bool = False) -> DeviceIdentity | None:
        return await self._one(_c.customer_id == customer_id, lock=lock)

    async def linked_to(self, customer_id: UUID) -> Sequence[DeviceIdentity]:
        statement = (
            select(tables.device_identity)
            .where(_c.linked_to == customer_id)
            .order_by(_c.linked_at, _c.secret_hash)
        )
        return [DeviceIdentity(**row._asdict()) for row in await self._db.execute(statement)]

    async def link(self, identity: DeviceIdentity, customer_id: UUID, now: datetime) -> None:
        await self._db.execute(
            update(tables.device_identity)
            .where(_c.secret_hash == identity.secret_hash)
            .values(linked_to=customer_id, linked_at=now)
        )

    async def hand_over(self, guest: Customer, customer: Customer) -> None:
        try:
            await self._hand_over_requests(guest, customer)
            await self._hand_over_files(guest, customer)
            for table in tables.metadata.sorted_tables:
                if "customer_id" in table.c and table.name not in STAYS:
                    await self._db.execute(_handed_over(table, guest, customer))
        except IntegrityError as error:  # both have an open one, or begin the same run
            raise Stale("interaction") from error

    async def _hand_over_requests(self, guest: Customer, customer: Customer) -> None:
        """What a callback will become is a request of its own, which names its customer again."""
        one, to = tables.callback, {"customer_id": customer.id}
        mine = select(one.c.id, one.c.asked).where(one.c.customer_id == guest.id)
        for id, asked in (await self._db.execute(mine.with_for_update())).all():
            theirs = structs.replace(asked, **to, conversation_id=customer.conversation_id)
            await self._db.execute(update(one).where(one.c.id == id).values(asked=theirs))

    async def _hand_over_files(self, guest: Customer, customer: Customer) -> None:
        one = tables.file.c
        there = case(
            (one.state.in_(LEFT_LYING), customer.conversation_id), else_=one.conversation_id
        )
        mine = update(tables.file).where(one.owner_id == guest.id)
        await self._db.execute(mine.values(owner_id=customer.id, conversation_id=there))

    async def _one(self, wanted: ColumnElement[bool], *, lock: bool) -> DeviceIdentity | None:
        statement = select(tables.device_identity).where(wanted)
        statement = statement.with_for_update() if lock else statement
        row = (await self._db.execute(statement)).one_or_none()
        return None if row is None else DeviceIdentity(**row._asdict())


def _handed_over(table: Table, guest: Customer, customer: Customer) -> Update:
    """A changed row has another version: whoever read it before looks again."""
    new: dict[Any, Any] = {table.c.customer_id: customer.id}
    if "conversation_id" in table.c:
        new[table.c.conversation_id] = customer.conversation_id
    if "version" in table.c:
        new[table.c.version] = table.c.version + 1
    kept = _not_begun_by(customer) if table is tables.run else true()
    return update(table).where(table.c.customer_id == guest.id, kept).values(new)


def _not_begun_by(customer: Customer) -> ColumnElement[bool]:
    """A customer has one open run of a flow with the same inputs; the guest's stays behind."""
    run, theirs = tables.run, tables.run.alias("theirs")
    same = (theirs.c.flow == run.c.flow) & (theirs.c.inputs_key == run.c.inputs_key)
    begun = exists().where(theirs.c.customer_id == customer.id, same, theirs.c.status.in_(OPEN))
    return or_(run.c.status.not_in(OPEN), ~begun)
