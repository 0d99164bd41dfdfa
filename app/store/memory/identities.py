"""Devices that came without signing in, and what became of them, without a database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import asdict, replace

from app.conversation.callback import CALLBACK_OPEN, Callback
from app.conversation.errors import Stale
from app.conversation.files import LEFT_LYING, File
from app.conversation.interaction import OPEN
from app.conversation.people import Customer, DeviceIdentity
from app.store.memory.runs import RUN_OPEN
from app.store.memory.tables import Tables

STAYS = frozenset({"customers", "identities", "facts"})


class MemoryIdentities:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, identity: DeviceIdentity) -> None:
        self._tables.identities[identity.secret_hash] = identity

    async def by_secret(self, secret_hash: bytes, *, lock: bool = False) -> DeviceIdentity | None:
        return self._tables.identities.get(secret_hash)

    async def of(self, customer_id: UUID, *, lock: bool = False) -> DeviceIdentity | None:
        every = self._tables.identities.values()
        return next((one for one in every if one.customer_id == customer_id), None)

    async def linked_to(self, customer_id: UUID) -> Sequence[DeviceIdentity]:
        every = self._tables.identities.values()
        mine = [one for one in every if one.linked_to == customer_id]
        return sorted(mine, key=lambda one: (one.linked_at or one.created_at, one.secret_hash))

    async def link(self, identity: DeviceIdentity, customer_id: UUID, now: datetime) -> None:
        linked = replace(identity, linked_to=customer_id, linked_at=now)
        self._tables.identities[identity.secret_hash] = linked

    async def hand_over(self, guest: Customer, customer: Customer) -> None:
        both = {guest.id, customer.id}
        busy = {one.customer_id for one in self._tables.interactions.values() if one.state in OPEN}
        called = [one for one in self._tables.callbacks.values() if one.state in CALLBACK_OPEN]
        if both <= busy or both <= {one.customer_id for one in called}:
            raise Stale("interaction")
        left = self._colliding(guest, customer)
        for name, table in asdict(self._tables).items():
            if name in STAYS:
                continue
            for key, row in table.items():
                if getattr(row, "customer_id", None) == guest.id and key not in left:
                    table[key] = _handed_over(row, customer)
        for file in list(self._tables.files.values()):
            if file.owner_id == guest.id:
                self._tables.files[file.id] = _file_of(file, customer)

    def _colliding(self, guest: Customer, customer: Customer) -> set[UUID]:
        open_runs = [one for one in self._tables.runs.values() if one.status in RUN_OPEN]
        theirs = {(o.flow, o.inputs_key) for o in open_runs if o.customer_id == customer.id}
        return {
            one.id
            for one in open_runs
            if one.customer_id == guest.id and (one.flow, one.inputs_key) in theirs
        }


def _file_of(file: File, customer: Customer) -> File:
    unsaid = file.state in LEFT_LYING
    there = customer.conversation_id if unsaid else file.conversation_id
    return replace(file, owner_id=customer.id, conversation_id=there)


def _handed_over(row: Any, customer: Customer) -> Any:
    fields: dict[str, Any] = {"customer_id": customer.id}
    if hasattr(row, "conversation_id"):
        fields["conversation_id"] = customer.conversation_id
    if isinstance(row, Callback):
        fields["asked"] = replace(row.asked, **fields)
    if hasattr(row, "version"):
        fields["version"] = row.version + 1
    return replace(row, **fields)
