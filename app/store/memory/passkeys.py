"""Customers' keys and what they are to sign, without a database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.conversation.errors import Stale
from app.store.memory.tables import Tables
from app.store.records import Challenge, Passkey


class MemoryPasskeys:
    def __init__(self, tables: Tables) -> None:
        self._kept = tables.passkeys

    async def add(self, passkey: Passkey) -> None:
        if any(one.credential_id == passkey.credential_id for one in self._kept.values()):
            raise Stale("passkey")
        self._kept[passkey.id] = passkey

    async def of(self, customer_id: UUID) -> Sequence[Passkey]:
        mine = [one for one in self._kept.values() if one.customer_id == customer_id]
        return sorted(mine, key=lambda one: (one.created_at, one.id))

    async def used(self, passkey: Passkey, sign_count: int, now: datetime) -> None:
        kept = self._kept.get(passkey.id)
        if kept is None or kept.sign_count != passkey.sign_count:
            raise Stale("passkey")
        self._kept[passkey.id] = replace(kept, sign_count=sign_count, used_at=now)

    async def remove(self, id: UUID) -> None:
        self._kept.pop(id, None)


class MemoryChallenges:
    def __init__(self, tables: Tables) -> None:
        self._kept = tables.challenges

    async def put(self, challenge: Challenge) -> None:
        self._kept[challenge.purpose] = challenge

    async def take(self, purpose: str) -> Challenge | None:
        return self._kept.pop(purpose, None)

    async def forget(self, now: datetime) -> None:
        for one in [one for one in self._kept.values() if one.expires_at <= now]:
            del self._kept[one.purpose]
