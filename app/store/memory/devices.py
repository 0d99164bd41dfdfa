"""Devices that can be reached by push, without a database."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.store.memory.tables import Tables, first
from push.device import Device, is_stale


class MemoryDevices:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def register(self, device: Device) -> Device:
        every = self._tables.devices.values()
        address = (device.kind, device.address)
        known = first(one for one in every if (one.kind, one.address) == address)
        stored = replace(device, id=known.id) if known else device
        self._tables.devices[stored.id] = stored
        return stored

    async def of(self, customer_id: UUID) -> list[Device]:
        mine = [one for one in self._tables.devices.values() if one.customer_id == customer_id]
        return sorted(mine, key=lambda device: (device.registered_at, device.id))

    async def forget(self, device_id: UUID, address: str, as_of: datetime) -> bool:
        device = self._tables.devices.get(device_id)
        if device is None or not is_stale(device, address, as_of):
            return False
        del self._tables.devices[device_id]
        return True
