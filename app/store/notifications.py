"""What was a customer told, and did it arrive?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import NotFound
from app.ids import new_id
from app.store import tables, upsert
from app.store.devices import SqlDevices
from app.store.tables import DELIVERY_HELD
from push.delivery import TRANSITIONS, Delivery, DeliveryEvent, DeliveryState, plan, receive
from push.notification import Notification

_c = tables.notification.c
_delivery = tables.delivery.c
_OF_CUSTOMER = (
    select(tables.notification)
    .where(_c.customer_id == bindparam("id"))
    .order_by(_c.created_at.desc(), _c.id.desc())
    .limit(bindparam("at_most"))
)
_RECEIVABLE = [state for state, event in TRANSITIONS if event is DeliveryEvent.RECEIVE]


class SqlNotifications:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, notification: Notification) -> int:
        statement = (
            upsert.insert(self._db, tables.notification)
            .values(structs.asdict(notification))
            .on_conflict_do_nothing(index_elements=[_c.id])
            .returning(_c.id)
        )
        if (await self._db.execute(statement)).one_or_none() is None:
            return 0
        devices = await SqlDevices(self._db).of(notification.customer_id)
        deliveries = plan(notification, devices, new_id)
        if deliveries:
            rows = [structs.asdict(delivery) for delivery in deliveries]
            await self._db.execute(insert(tables.delivery), rows)
        return len(deliveries)

    async def get(self, id: UUID) -> Notification:
        found = await self._all(select(tables.notification).where(_c.id == id))
        if not found:
            raise NotFound("notification")
        return found[0]

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Notification]:
        return await self._all(_OF_CUSTOMER, {"id": customer_id, "at_most": limit})

    async def received(self, id: UUID, now: datetime) -> None:
        await self.get(id)
        sent = select(tables.delivery).where(
            _delivery.notification_id == id, _delivery.state.in_(_RECEIVABLE)
        )
        rows = await self._db.execute(sent.order_by(_delivery.id).with_for_update())
        for row in rows.all():
            delivered = receive(Delivery(**row._asdict()), now)
            statement = update(tables.delivery).where(_delivery.id == delivered.id)
            await self._db.execute(statement.values(structs.asdict(delivered)))

    async def without_lease(self, limit: int) -> Sequence[Delivery]:
        held = select(tables.delivery).where(DELIVERY_HELD, _delivery.lease_until.is_(None))
        return await self._deliveries(held.limit(limit))

    async def newest_dead(self, among: int) -> Sequence[Delivery]:
        newest = select(tables.delivery).order_by(_delivery.id.desc()).limit(among).subquery()
        return await self._deliveries(select(newest).where(newest.c.state == DeliveryState.DEAD))

    async def _deliveries(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Delivery]:
        return [Delivery(**row._asdict()) for row in await self._db.execute(statement)]

    async def _all(
        self, statement: Select[*tuple[Any, ...]], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Notification]:
        found = await self._db.execute(statement, parameters)
        return [Notification(**row._asdict()) for row in found]
