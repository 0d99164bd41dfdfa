"""How the push worker reaches the store: every call is a short transaction of its own."""

from datetime import datetime, timedelta
from uuid import UUID

from app.store.work import Store
from push.delivery import Result
from push.device import Device
from push.ports import Claimed


class StoreOutbox:
    """push.ports.Outbox over any store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def claim(self, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
        async with self._store.write() as work:
            return await work.deliveries.claim(limit, lease, now)

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        async with self._store.write() as work:
            return await work.deliveries.record_intent(delivery_id, fence)

    async def settle(self, delivery_id: UUID, fence: int, result: Result, now: datetime) -> bool:
        async with self._store.write() as work:
            return await work.deliveries.settle(delivery_id, fence, result, now)


class StoreDevices:
    """push.ports.Devices over any store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def register(self, device: Device) -> Device:
        async with self._store.write() as work:
            return await work.devices.register(device)

    async def of(self, customer_id: UUID) -> list[Device]:
        async with self._store.read() as work:
            return await work.devices.of(customer_id)

    async def forget(self, device_id: UUID, address: str, as_of: datetime) -> bool:
        async with self._store.write() as work:
            return await work.devices.forget(device_id, address, as_of)
