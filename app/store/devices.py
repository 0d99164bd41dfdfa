"""Where can a customer be reached when the app is closed?"""

from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.upsert import insert
from push.device import Device

_c = tables.device.c


class SqlDevices:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def register(self, device: Device) -> Device:
        row = structs.asdict(device)
        kept = {"id", "kind", "address"}
        statement = (
            insert(self._db, tables.device)
            .values(row)
            .on_conflict_do_update(
                index_elements=[_c.kind, _c.address],
                set_={name: value for name, value in row.items() if name not in kept},
            )
            .returning(_c.id)
        )
        id = (await self._db.execute(statement)).scalar_one()
        return structs.replace(device, id=id)

    async def of(self, customer_id: UUID) -> list[Device]:
        mine = select(tables.device).where(_c.customer_id == customer_id)
        rows = await self._db.execute(mine.order_by(_c.registered_at, _c.id))
        return [Device(**row._asdict()) for row in rows]

    async def forget(self, device_id: UUID, address: str, as_of: datetime) -> bool:
        # The conditions are push.device.is_stale; in the statement no registration slips between.
        statement = delete(tables.device).where(
            _c.id == device_id, _c.address == address, _c.registered_at <= as_of
        )
        return (await self._db.execute(statement)).rowcount > 0
