"""Which colleagues are asked to join an interaction, or have joined it?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation import interaction as life
from app.conversation.errors import NotFound, Stale
from app.conversation.participant import Participant, State
from app.store import tables
from app.store.tables import PARTICIPANT_OPEN
from app.store.upsert import insert

_c = tables.participant.c
_OPEN = select(tables.participant).where(PARTICIPANT_OPEN)
_IN_ORDER = (_c.asked_at, _c.id)


class SqlParticipants:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, participant: Participant) -> None:
        statement = (
            insert(self._db, tables.participant)
            .values(structs.asdict(participant))
            .on_conflict_do_nothing(
                index_elements=[_c.interaction_id, _c.role], index_where=PARTICIPANT_OPEN
            )
            .returning(_c.id)
        )
        if (await self._db.execute(statement)).one_or_none() is None:
            raise Stale("participant")

    async def get(self, id: UUID) -> Participant:
        found = await self._all(select(tables.participant).where(_c.id == id))
        if not found:
            raise NotFound("participant")
        return found[0]

    async def save(self, participant: Participant) -> Participant:
        saved = structs.replace(participant, version=participant.version + 1)
        read = update(tables.participant).where(
            _c.id == participant.id, _c.version == participant.version
        )
        if (await self._db.execute(read.values(structs.asdict(saved)))).rowcount == 0:
            await self.get(participant.id)
            raise Stale("participant")
        return saved

    async def open_of(self, interaction_id: UUID) -> Sequence[Participant]:
        return await self._all(
            _OPEN.where(_c.interaction_id == interaction_id).order_by(*_IN_ORDER)
        )

    async def with_agent(self, agent_id: UUID) -> Sequence[Participant]:
        return await self._all(_OPEN.where(_c.agent_id == agent_id).order_by(*_IN_ORDER))

    async def is_anybody_asked(self) -> bool:
        asked = select(_c.id).where(PARTICIPANT_OPEN, _c.state == State.ASKED).limit(1)
        return await self._db.scalar(asked) is not None

    async def claim_asked(self, limit: int) -> Sequence[Participant]:
        asked = _OPEN.where(_c.state == State.ASKED).order_by(*_IN_ORDER).limit(limit)
        return await self._all(asked.with_for_update(skip_locked=True))

    async def overdue(self, now: datetime) -> Sequence[Participant]:
        one = tables.interaction.c
        late = or_(
            and_(_c.state == State.OFFERED, _c.expires_at <= now),
            and_(_c.state == State.ASKED, _c.until <= now),
            one.state != life.State.LIVE,
        )
        found = _OPEN.join(tables.interaction, one.id == _c.interaction_id).where(late)
        return await self._all(found.order_by(*_IN_ORDER))

    async def open_from(self, interaction_id: UUID | None, limit: int) -> Sequence[Participant]:
        found = _OPEN
        if interaction_id is not None:
            found = found.where(_c.interaction_id >= interaction_id)
        return await self._all(found.order_by(_c.interaction_id, _c.role, _c.id).limit(limit))

    async def _all(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Participant]:
        return [Participant(**row._asdict()) for row in await self._db.execute(statement)]
