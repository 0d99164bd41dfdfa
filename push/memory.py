"""How does push work without a database? For tests and the demo; nothing survives the process."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from push import delivery as rules
from push.delivery import Delivery, NotAllowed, Result
from push.device import Device, is_stale
from push.notification import Notification
from push.ports import Claimed


class MemoryDevices:
    """The customers' devices in a dict."""

    def __init__(self) -> None:
        self._devices: dict[UUID, Device] = {}

    async def register(self, device: Device) -> Device:
        """Remember a device; a known address keeps its id and moves to the new customer."""
        known = self._at(device)
        stored = device if known is None else msgspec.structs.replace(device, id=known.id)
        self._devices[stored.id] = stored
        return stored

    async def of(self, customer_id: UUID) -> list[Device]:
        """The devices of one customer, oldest registration first."""
        mine = [device for device in self._devices.values() if device.customer_id == customer_id]
        return sorted(mine, key=lambda device: (device.registered_at, device.id))

    async def forget(self, device_id: UUID, address: str, as_of: datetime) -> bool:
        """Forget a device whose address is dead, unless it registered again since."""
        device = self._devices.get(device_id)
        if device is None or not is_stale(device, address, as_of):
            return False
        del self._devices[device_id]
        return True

    def get(self, device_id: UUID) -> Device | None:
        """The device, where it is still known."""
        return self._devices.get(device_id)

    def _at(self, device: Device) -> Device | None:
        same = (d for d in self._devices.values() if d.kind == device.kind)
        return next((d for d in same if d.address == device.address), None)


class MemoryOutbox:
    """Both sides of the deliveries, in dicts."""

    def __init__(self, devices: MemoryDevices) -> None:
        self._devices = devices
        self._notifications: dict[UUID, Notification] = {}
        self._deliveries: dict[UUID, Delivery] = {}

    async def add(self, notification: Notification, deliveries: Sequence[Delivery]) -> None:
        """Store a notification with its deliveries; again with the same id changes nothing."""
        if notification.id in self._notifications:
            return
        self._notifications[notification.id] = notification
        self._deliveries.update({delivery.id: delivery for delivery in deliveries})

    async def of(self, notification_id: UUID) -> list[Delivery]:
        """The deliveries of one notification, oldest first."""
        mine = [d for d in self._deliveries.values() if d.notification_id == notification_id]
        return sorted(mine, key=lambda delivery: (delivery.created_at, delivery.id))

    async def received(self, delivery_id: UUID, now: datetime) -> bool:
        """The phone has it; False for an unknown delivery or one that was never sent."""
        delivery = self._deliveries.get(delivery_id)
        if delivery is None:
            return False
        try:
            self._deliveries[delivery_id] = rules.receive(delivery, now)
        except NotAllowed:
            return False
        return True

    async def claim(self, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
        """Take the most urgent claimable deliveries."""
        ready = [d for d in self._deliveries.values() if rules.is_claimable(d, now)]
        ready.sort(key=lambda delivery: (delivery.priority, delivery.due_at, delivery.id))
        return [self._claim(delivery, lease, now) for delivery in ready[:limit]]

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        """Write down that the wire is about to be touched."""
        delivery = self._held(delivery_id, fence)
        if delivery is None:
            return False
        self._deliveries[delivery_id] = rules.intend(delivery)
        return True

    async def settle(self, delivery_id: UUID, fence: int, result: Result, now: datetime) -> bool:
        """Write down how it ended, for the holder of the claim only."""
        delivery = self._held(delivery_id, fence)
        if delivery is None:
            return False
        self._deliveries[delivery_id] = rules.settle(delivery, result, now)
        return True

    def _claim(self, delivery: Delivery, lease: timedelta, now: datetime) -> Claimed:
        claimed = self._deliveries[delivery.id] = rules.claim(delivery, lease, now)
        return Claimed(
            delivery=claimed,
            notification=self._notifications[delivery.notification_id],
            device=self._devices.get(delivery.device_id),
        )

    def _held(self, delivery_id: UUID, fence: int) -> Delivery | None:
        delivery = self._deliveries.get(delivery_id)
        return delivery if delivery is not None and rules.is_held(delivery, fence) else None
