"""Which notifications are due, and who carries them?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import structs
from sqlalchemy import CTE, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.tables import DELIVERY_HELD, DELIVERY_WAITING
from push import delivery as rules
from push.delivery import Delivery, DeliveryState, Result
from push.device import Device
from push.notification import Notification
from push.ports import Claimed

_c = tables.delivery.c
_URGENT_FIRST = (_c.priority, _c.due_at, _c.id)


class SqlDeliveries:
    """push.ports.Outbox inside one transaction; app.store.outbox gives it transactions."""

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def claim(self, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
        # The two branches of push.delivery.is_claimable, each on its own index: a claim costs
        # the same behind a hundred thousand deliveries as behind ten.
        waiting = _free(limit, "waiting", DELIVERY_WAITING, _c.due_at <= now)
        abandoned = _free(limit, "abandoned", DELIVERY_HELD, _c.lease_until <= now)
        free = union_all(select(waiting), select(abandoned)).subquery("free")
        chosen = select(free.c.id).order_by(free.c.priority, free.c.due_at, free.c.id).limit(limit)
        statement = (
            update(tables.delivery)
            .where(_c.id.in_(chosen))
            .values(state=DeliveryState.LEASED, fence=_c.fence + 1, lease_until=now + lease)
            .returning(tables.delivery)
        )
        rows = (await self._db.execute(statement)).all()
        return await self._complete([Delivery(**row._asdict()) for row in rows])

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        return await self._change(delivery_id, fence, rules.intend)

    async def settle(self, delivery_id: UUID, fence: int, result: Result, now: datetime) -> bool:
        return await self._change(
            delivery_id, fence, lambda delivery: rules.settle(delivery, result, now)
        )

    async def _change(
        self, delivery_id: UUID, fence: int, change: Callable[[Delivery], Delivery]
    ) -> bool:
        """Change a delivery for the holder of this claim; False where the claim was lost."""
        held = select(tables.delivery).where(_c.id == delivery_id).with_for_update()
        row = (await self._db.execute(held)).one_or_none()
        if row is None:
            return False
        delivery = Delivery(**row._asdict())
        if not rules.is_held(delivery, fence):
            return False
        statement = update(tables.delivery).where(_c.id == delivery_id)
        await self._db.execute(statement.values(structs.asdict(change(delivery))))
        return True

    async def _complete(self, deliveries: list[Delivery]) -> list[Claimed]:
        """The claimed deliveries with their notifications and devices, most urgent first."""
        notifications = await self._notifications({d.notification_id for d in deliveries})
        devices = await self._devices({d.device_id for d in deliveries})
        deliveries.sort(key=lambda d: (d.priority, d.due_at, d.id))
        return [
            Claimed(
                delivery=delivery,
                notification=notifications[delivery.notification_id],
                device=devices.get(delivery.device_id),
            )
            for delivery in deliveries
        ]

    async def _notifications(self, ids: set[UUID]) -> dict[UUID, Notification]:
        table = tables.notification
        rows = await self._db.execute(select(table).where(table.c.id.in_(ids)))
        return {row.id: Notification(**row._asdict()) for row in rows}

    async def _devices(self, ids: set[UUID]) -> dict[UUID, Device]:
        table = tables.device
        rows = await self._db.execute(select(table).where(table.c.id.in_(ids)))
        return {row.id: Device(**row._asdict()) for row in rows}


def _free(limit: int, name: str, *conditions: object) -> CTE:
    """The most urgent deliveries that nobody else is claiming right now."""
    return (
        select(_c.id, _c.priority, _c.due_at)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(*_URGENT_FIRST)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte(name)
    )
