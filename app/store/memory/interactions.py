"""Requests for a human, without a database."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.conversation.errors import AlreadyOpen, Stale
from app.conversation.interaction import (
    OPEN,
    TALKING,
    WITH_AGENT,
    Channel,
    Interaction,
    State,
    Talking,
    is_overdue,
)
from app.conversation.participant import Role
from app.conversation.participant import State as Joining
from app.conversation.routing import Queues as QueuesByName
from app.conversation.routing import in_order
from app.conversation.waiting import Outcome, outcome_of, waited_until
from app.store.memory.tables import Tables, first, found


class MemoryInteractions:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, interaction: Interaction) -> None:
        mine = await self.history(interaction.customer_id, limit=1_000_000)
        open_one = first(one for one in mine if one.state in OPEN)
        if open_one is not None and interaction.state in OPEN:
            raise AlreadyOpen(open_one.id)
        self._tables.interactions[interaction.id] = interaction

    async def get(self, id: UUID) -> Interaction:
        return found(self._tables.interactions, id, "interaction")

    async def lock(self, id: UUID) -> None:
        pass

    async def save(self, interaction: Interaction) -> Interaction:
        if (await self.get(interaction.id)).version != interaction.version:
            raise Stale("interaction")
        saved = replace(interaction, version=interaction.version + 1)
        self._tables.interactions[saved.id] = saved
        return saved

    async def save_offered(self, offered: Sequence[Interaction]) -> Sequence[Interaction]:
        return [await self.save(one) for one in offered]

    async def latest_of(self, customer_id: UUID) -> Interaction | None:
        newest_first = await self.history(customer_id, limit=1_000_000)
        return first(sorted(newest_first, key=lambda one: one.state not in OPEN))

    async def history(self, customer_id: UUID, limit: int) -> Sequence[Interaction]:
        mine = [one for one in self._all() if one.customer_id == customer_id]
        return sorted(mine, key=lambda one: (one.waiting_since, one.id), reverse=True)[:limit]

    async def waiting(self) -> Sequence[Interaction]:
        return _in_order([o for o in self._all() if o.state in {State.QUEUED, State.OFFERED}])

    async def is_anybody_queued(self) -> bool:
        return any(one.state is State.QUEUED for one in self._all())

    async def waiting_in(self, queues: Collection[str], limit: int) -> Sequence[Interaction]:
        return [one for one in await self.waiting() if one.queue in queues][:limit]

    async def count_waiting(self, queues: Collection[str]) -> int:
        return len(await self.waiting_in(queues, 1_000_000))

    async def claim_queued(
        self, limit: int, queues: QueuesByName, now: datetime
    ) -> Sequence[Interaction]:
        queued = [one for one in self._all() if one.state is State.QUEUED]
        return in_order(queued, queues, now)[:limit]

    async def claim_waiting(self, ids: Collection[UUID]) -> Sequence[Interaction]:
        return [one for one in await self.waiting() if one.id in ids]

    async def with_agent(self, agent_id: UUID) -> Sequence[Interaction]:
        return _in_order([one for one in self._all() if holder(one) == agent_id])

    async def live(self) -> Sequence[Interaction]:
        live = [one for one in self._all() if one.state is State.LIVE]
        return sorted(live, key=lambda one: (waited_until(one), one.id))

    async def talking(self, conversations: Collection[UUID]) -> Sequence[Talking]:
        here = [
            one
            for one in self._tables.interactions.values()
            if one.conversation_id in conversations and one.state in TALKING
        ]
        logs = {one.id: one.conversation_id for one in here if one.state is State.LIVE}
        paused = {one.id for one in here if one.state is State.PAUSED}
        return [
            Talking(
                one.conversation_id,
                one.agent_id,
                one.id if one.id in paused else None,
                one.id if one.closing else None,
            )
            for one in here
        ] + [
            Talking(logs[one.interaction_id], one.agent_id)
            for one in self._tables.participants.values()
            if one.interaction_id in logs
            and one.state is Joining.JOINED
            and one.role is Role.SPECIALIST
        ]

    async def overdue(self, now: datetime) -> Sequence[Interaction]:
        return _in_order([one for one in self._all() if is_overdue(one, now)])

    async def closing_due(self, now: datetime) -> Sequence[Interaction]:
        live = [one for one in self._all() if one.state is State.LIVE]
        return _in_order([one for one in live if one.closing and one.closing.until <= now])

    async def maybe_silent(self, now: datetime, queues: Collection[str]) -> Sequence[Interaction]:
        live = [one for one in self._all() if one.state is State.LIVE and one.queue in queues]
        texts = [one for one in live if one.channel is Channel.TEXT and one.closing is None]
        return _in_order([one for one in texts if one.quiet_at is None or one.quiet_at <= now])

    async def crises_claimed(self, customer_id: UUID, since: datetime) -> int:
        mine = [one for one in self._all() if one.customer_id == customer_id]
        return sum(one.crisis and one.crisis_claimed and one.enqueued_at > since for one in mine)

    async def count_ended(self, since: datetime) -> int:
        return sum(one.ended_at is not None and one.ended_at >= since for one in self._all())

    async def to_remind(self, now: datetime) -> Sequence[Interaction]:
        asked = [(one.remind_at, one) for one in self._all() if one.state is State.PAUSED]
        late = [(at, one.id, one) for at, one in asked if at is not None and at <= now]
        return [one for *_, one in sorted(late)]

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[Interaction]:
        some = [
            one
            for one in self._all()
            if one.state in OPEN and (customer_id is None or one.customer_id >= customer_id)
        ]
        return sorted(some, key=lambda one: (one.customer_id, one.enqueued_at, one.id))[:limit]

    async def wrap_ups(self, before: datetime, limit: int) -> Sequence[Interaction]:
        some = [
            (one.ended_at or before, one.id, one)
            for one in self._all()
            if one.state is State.WRAP_UP
            and (one.wrap_up_until is None or one.wrap_up_until < before)
        ]
        return [one for *_, one in sorted(some)[:limit]]

    async def handled_s(self, queue: str, *, text: bool, limit: int) -> Sequence[float]:
        spans = [
            (one.accepted_at, one.ended_at)
            for one in self._like(queue, text=text)
            if one.accepted_at and one.ended_at
        ]
        newest = sorted(spans, key=lambda span: span[1], reverse=True)[:limit]
        return [(ended - accepted).total_seconds() for accepted, ended in newest]

    async def outcomes(self, queue: str, *, text: bool, limit: int) -> Sequence[Outcome]:
        over = [one for one in self._like(queue, text=text) if one.accepted_at or one.ended_at]
        newest = sorted(over, key=lambda one: (waited_until(one), one.id), reverse=True)
        return [outcome_of(one) for one in newest[:limit]]

    def _like(self, queue: str, *, text: bool) -> Iterable[Interaction]:
        mine = (one for one in self._all() if one.queue == queue)
        return (one for one in mine if (one.channel is Channel.TEXT) is text)

    def _all(self) -> Iterable[Interaction]:
        return self._tables.interactions.values()


def _in_order(some: Iterable[Interaction]) -> list[Interaction]:
    return sorted(some, key=lambda one: (not one.crisis, -one.priority, one.enqueued_at, one.id))


def holder(one: Interaction) -> UUID | None:
    """The agent whom the interaction takes up."""
    if one.state is State.OFFERED:
        return None if one.offer is None else one.offer.agent_id
    return one.agent_id if one.state in WITH_AGENT else None
