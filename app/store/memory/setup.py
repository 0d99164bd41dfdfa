"""The company's set-up without a database: lists, the audit trail, invitations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.store.records import AuditEntry, Invitation

T = TypeVar("T", bound=Struct)


class MemorySetup:
    def __init__(self, lists: dict[type[Struct], tuple[Any, ...]]) -> None:
        self._lists = lists

    async def lock(self) -> None:
        """There is one writer."""

    async def all(self, kind: type[T]) -> tuple[T, ...]:
        return self._lists.get(kind, ())

    async def put_all(self, kind: type[T], entries: Sequence[T]) -> None:
        self._lists[kind] = tuple(entries)


class MemoryAudit:
    def __init__(self, entries: dict[int, AuditEntry]) -> None:
        self._entries = entries

    async def add(self, entry: AuditEntry) -> AuditEntry:
        added = replace(entry, seq=len(self._entries) + 1)
        self._entries[added.seq] = added
        return added

    async def after(self, seq: int, limit: int) -> Sequence[AuditEntry]:
        newer = [one for one in self._entries.values() if one.seq > seq]
        return sorted(newer, key=lambda one: one.seq)[:limit]


class MemoryInvitations:
    def __init__(self, invitations: dict[UUID, Invitation]) -> None:
        self._invitations = invitations

    async def put(self, invitation: Invitation) -> None:
        self._invitations[invitation.agent_id] = invitation

    async def find(self, token_hash: bytes, now: datetime) -> Invitation | None:
        fitting = (
            one
            for one in self._invitations.values()
            if one.token_hash == token_hash and one.expires_at > now
        )
        return next(fitting, None)

    async def delete_of(self, agent_id: UUID) -> None:
        self._invitations.pop(agent_id, None)
