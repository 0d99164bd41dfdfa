"""The outbox that the push workers claim from, without a database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from app.store.memory.tables import Tables
from push import delivery as rules
from push.delivery import Delivery, Result
from push.ports import Claimed


class MemoryDeliveries:
    """push.ports.Outbox inside one transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def claim(self, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
        ready = [d for d in self._tables.deliveries.values() if rules.is_claimable(d, now)]
        ready.sort(key=lambda delivery: (delivery.priority, delivery.due_at, delivery.id))
        return [self._claimed(rules.claim(one, lease, now)) for one in ready[:limit]]

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        return self._change(delivery_id, fence, rules.intend)

    async def settle(self, delivery_id: UUID, fence: int, result: Result, now: datetime) -> bool:
        return self._change(delivery_id, fence, lambda one: rules.settle(one, result, now))

    def _change(self, id: UUID, fence: int, change: Callable[[Delivery], Delivery]) -> bool:
        """Change a delivery for the holder of this claim; False where the claim was lost."""
        delivery = self._tables.deliveries.get(id)
        if delivery is None or not rules.is_held(delivery, fence):
            return False
        self._tables.deliveries[id] = change(delivery)
        return True

    def _claimed(self, delivery: Delivery) -> Claimed:
        self._tables.deliveries[delivery.id] = delivery
        return Claimed(
            delivery=delivery,
            notification=self._tables.notifications[delivery.notification_id],
            device=self._tables.devices.get(delivery.device_id),
        )
