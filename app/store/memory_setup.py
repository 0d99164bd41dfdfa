"""The company's set-up without a database: lists, the audit trail, invitations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.store.records import AuditEntry, Invitation

T = TypeVar("T", bound=Struct)


class _Tables(Protocol):
    setup: dict[type[Struct], tuple[Any, ...]]
    audit: dict[int, AuditEntry]
    invitations: dict[UUID, Invitation]


class MemorySetup:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    async def lock(self) -> None:
        """There is one writer."""

    async def all(self, kind: type[T]) -> tuple[T, ...]:
        return self._tables.setup.get(kind, ())

    async def put_all(self, kind: type[T], entries: Sequence[T]) -> None:
        self._tables.setup[kind] = tuple(entries)


class MemoryAudit:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    async def add(self, entry: AuditEntry) -> AuditEntry:
        added = replace(entry, seq=len(self._tables.audit) + 1)
        self._tables.audit[added.seq] = added
        return added

    async def after(self, seq: int, limit: int) -> Sequence[AuditEntry]:
        newer = [one for one in self._tables.audit.values() if one.seq > seq]
        return sorted(newer, key=lambda one: one.seq)[:limit]


class MemoryInvitations:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    async def put(self, invitation: Invitation) -> None:
        self._tables.invitations[invitation.agent_id] = invitation

    async def find(self, token_hash: bytes, now: datetime) -> Invitation | None:
        fitting = (
            one
            for one in self._tables.invitations.values()
            if one.token_hash == token_hash and one.expires_at > now
        )
        return next(fitting, None)

    async def delete_of(self, agent_id: UUID) -> None:
        self._tables.invitations.pop(agent_id, None)
