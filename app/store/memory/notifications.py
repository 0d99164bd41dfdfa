"""Notifications with their deliveries, without a database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.ids import new_id
from app.store.memory.devices import MemoryDevices
from app.store.memory.tables import Tables, found
from push import delivery as rules
from push.delivery import Delivery, DeliveryEvent
from push.notification import Notification


class MemoryNotifications:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, notification: Notification) -> int:
        if notification.id in self._tables.notifications:
            return 0
        self._tables.notifications[notification.id] = notification
        devices = await MemoryDevices(self._tables).of(notification.customer_id)
        deliveries = rules.plan(notification, devices, new_id)
        self._tables.deliveries.update({delivery.id: delivery for delivery in deliveries})
        return len(deliveries)

    async def get(self, id: UUID) -> Notification:
        return found(self._tables.notifications, id, "notification")

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Notification]:
        every = self._tables.notifications.values()
        mine = [one for one in every if one.customer_id == customer_id]
        return sorted(mine, key=lambda one: (one.created_at, one.id), reverse=True)[:limit]

    async def received(self, id: UUID, now: datetime) -> None:
        await self.get(id)
        every = list(self._tables.deliveries.values())
        for delivery in every:
            receivable = (delivery.state, DeliveryEvent.RECEIVE) in rules.TRANSITIONS
            if delivery.notification_id == id and receivable:
                self._tables.deliveries[delivery.id] = rules.receive(delivery, now)

    async def without_lease(self, limit: int) -> Sequence[Delivery]:
        every = self._tables.deliveries.values()
        held = [one for one in every if one.state in rules.HELD and one.lease_until is None]
        return held[:limit]

    async def newest_dead(self, among: int) -> Sequence[Delivery]:
        newest = sorted(self._tables.deliveries.values(), key=lambda one: one.id, reverse=True)
        return [one for one in newest[:among] if one.state is rules.DeliveryState.DEAD]
