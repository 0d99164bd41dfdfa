"""What requests were answered, without a database."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.store.memory.tables import Tables
from app.store.records import KeptAnswer


class MemoryKeptAnswers:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def find(self, owner_id: UUID, key: str) -> KeptAnswer | None:
        return self._tables.kept_answers.get((owner_id, key))

    async def claim(self, request: KeptAnswer) -> KeptAnswer | None:
        known = await self.find(request.owner_id, request.key)
        if known is None:
            self._tables.kept_answers[request.owner_id, request.key] = request
        return known

    async def answer(self, owner_id: UUID, key: str, body: bytes) -> None:
        claimed = self._tables.kept_answers[owner_id, key]
        self._tables.kept_answers[owner_id, key] = replace(claimed, body=body)

    async def forget(self, before: datetime) -> None:
        kept = self._tables.kept_answers
        for place in [one for one, answer in kept.items() if answer.created_at < before]:
            del kept[place]
