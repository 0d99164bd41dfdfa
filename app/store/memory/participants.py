"""Colleagues who are asked or joined, without a database: see app.store.memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.conversation import interaction as life
from app.conversation.errors import NotFound, Stale
from app.conversation.interaction import Interaction
from app.conversation.participant import Participant, State


class MemoryParticipants:
    def __init__(
        self, participants: dict[UUID, Participant], interactions: dict[UUID, Interaction]
    ) -> None:
        self._participants = participants
        self._interactions = interactions

    async def add(self, participant: Participant) -> None:
        open_ones = await self.open_of(participant.interaction_id)
        if any(one.role is participant.role for one in open_ones):
            raise Stale("participant")
        self._participants[participant.id] = participant

    async def get(self, id: UUID) -> Participant:
        try:
            return self._participants[id]
        except KeyError:
            raise NotFound("participant") from None

    async def save(self, participant: Participant) -> Participant:
        if (await self.get(participant.id)).version != participant.version:
            raise Stale("participant")
        saved = replace(participant, version=participant.version + 1)
        self._participants[saved.id] = saved
        return saved

    async def open_of(self, interaction_id: UUID) -> Sequence[Participant]:
        return [one for one in self._open() if one.interaction_id == interaction_id]

    async def with_agent(self, agent_id: UUID) -> Sequence[Participant]:
        return [one for one in self._open() if one.agent_id == agent_id]

    async def is_anybody_asked(self) -> bool:
        return any(one.state is State.ASKED for one in self._open())

    async def claim_asked(self, limit: int) -> Sequence[Participant]:
        return [one for one in self._open() if one.state is State.ASKED][:limit]

    async def overdue(self, now: datetime) -> Sequence[Participant]:
        return [one for one in self._open() if self._is_overdue(one, now)]

    async def open_from(self, interaction_id: UUID | None, limit: int) -> Sequence[Participant]:
        some = (
            one
            for one in self._open()
            if interaction_id is None or one.interaction_id >= interaction_id
        )
        return sorted(some, key=lambda one: (one.interaction_id, one.role, one.id))[:limit]

    def _open(self) -> Iterable[Participant]:
        some = (one for one in self._participants.values() if one.closed_at is None)
        return sorted(some, key=lambda one: (one.asked_at, one.id))

    def _is_overdue(self, one: Participant, now: datetime) -> bool:
        if self._interactions[one.interaction_id].state is not life.State.LIVE:
            return True
        if one.state is State.OFFERED:
            return one.expires_at is not None and one.expires_at <= now
        return one.state is State.ASKED and one.until <= now
