"""Who is signed in, without a database."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.store.memory.tables import Tables
from app.store.records import Proof, SignIn


class MemorySignIns:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, sign_in: SignIn) -> None:
        self._tables.sign_ins[sign_in.token_hash] = sign_in

    async def find(self, token_hash: bytes, now: datetime) -> SignIn | None:
        found = self._tables.sign_ins.get(token_hash)
        return found if found is not None and found.expires_at > now else None

    async def delete(self, token_hash: bytes) -> None:
        self._tables.sign_ins.pop(token_hash, None)

    async def delete_of(self, owner_id: UUID) -> None:
        kept = self._tables.sign_ins
        for token_hash in [key for key, one in kept.items() if one.owner_id == owner_id]:
            del kept[token_hash]

    async def proved(self, token_hash: bytes, proof: Proof | None) -> None:
        if (found := self._tables.sign_ins.get(token_hash)) is not None:
            level, at = (proof.level, proof.at) if proof else (None, None)
            self._tables.sign_ins[token_hash] = replace(found, proved_level=level, proved_at=at)

    async def forget(self, now: datetime) -> None:
        for one in [one for one in self._tables.sign_ins.values() if one.expires_at <= now]:
            await self.delete(one.token_hash)
