"""Which requests for a human wait, are offered, are live, or are over?"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.conversation.errors import AlreadyOpen, NotFound, Stale
from app.conversation.interaction import (
    OPEN,
    TALKING,
    Channel,
    Closing,
    ClosingReason,
    Interaction,
    Offer,
    Rating,
    State,
    Talking,
)
from app.conversation.participant import Role
from app.conversation.participant import State as Joining
from app.conversation.routing import MINUTE_S, Queues
from app.conversation.waiting import Outcome, outcome
from app.store import tables
from app.store.clock import seconds_since
from app.store.given import ID, NUMBER, given, rows
from app.store.tables import (
    INTERACTION_OFFERED,
    INTERACTION_OPEN,
    INTERACTION_PAUSED,
    INTERACTION_QUEUED,
    INTERACTION_TAKEN,
    PARTICIPANT_OPEN,
)
from app.store.upsert import insert

_c = tables.interaction.c
_EARLIEST = (_c.enqueued_at, _c.id)
_FIRST_SERVED = (_c.crisis.desc(), _c.priority.desc(), *_EARLIEST)
_BEGAN = func.coalesce(_c.wait_began_at, _c.enqueued_at).label("began_at")
_NEWEST_FIRST = (func.coalesce(_c.wait_began_at, _c.enqueued_at).desc(), _c.id.desc())
_BY_ID = select(tables.interaction).where(_c.id == bindparam("id"))
_LATEST = (
    select(tables.interaction)
    .where(_c.customer_id == bindparam("id"))
    .order_by(_c.state.in_(OPEN).desc(), *_NEWEST_FIRST)
    .limit(1)
)
_HISTORY = (
    select(tables.interaction)
    .where(_c.customer_id == bindparam("id"))
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("at_most"))
)
_WAITING = (
    select(tables.interaction)
    .where(or_(INTERACTION_QUEUED, INTERACTION_OFFERED))
    .order_by(*_FIRST_SERVED)
)
_ONE_QUEUED = select(_c.id).where(INTERACTION_QUEUED).limit(1)
_WITH_AGENT = (
    select(tables.interaction)
    .where(
        or_(
            and_(INTERACTION_OFFERED, _c.offer_agent_id == bindparam("id")),
            and_(INTERACTION_TAKEN, _c.agent_id == bindparam("id")),
        )
    )
    .order_by(*_FIRST_SERVED)
)


def _from_row(row: Row[*tuple[Any, ...]]) -> Interaction:
    columns = row._asdict()
    offer = Offer(
        agent_id=columns.pop("offer_agent_id"),
        offered_at=columns.pop("offer_offered_at"),
        expires_at=columns.pop("offer_expires_at"),
    )
    rating = Rating(score=columns.pop("rating_score"), text=columns.pop("rating_text"))
    return Interaction(
        offer=None if offer.agent_id is None else offer,
        rating=None if rating.score is None else rating,
        closing=_closing(
            *(columns.pop(f"closing_{name}") for name in ("reason", "since", "until"))
        ),
        **columns,
    )


def _closing(reason: str | None, since: datetime, until: datetime) -> Closing | None:
    if reason is None:
        return None
    return Closing(reason=ClosingReason(reason), since=since, until=until)


def _to_row(one: Interaction) -> dict[str, Any]:
    columns = structs.asdict(one)
    offer, rating, closing = (columns.pop(name) for name in ("offer", "rating", "closing"))
    return {
        **columns,
        "offer_agent_id": offer and offer.agent_id,
        "offer_offered_at": offer and offer.offered_at,
        "offer_expires_at": offer and offer.expires_at,
        "rating_score": rating and rating.score,
        "rating_text": rating and rating.text,
        "closing_reason": closing and closing.reason.value,
        "closing_since": closing and closing.since,
        "closing_until": closing and closing.until,
    }


def _like(queue: str, *, text: bool) -> ColumnElement[bool]:
    """Those of a queue that go by text, or by call."""
    by_text = _c.channel == Channel.TEXT
    return and_(_c.queue == queue, by_text if text else not_(by_text))


def _points(queues: Queues, now: datetime) -> ColumnElement[float]:
    """As app.conversation.routing.rank counts them: what a queue adds, and what age does."""
    points: ColumnElement[float] = _c.priority + _by_queue(
        {n: q.priority for n, q in queues.items()}
    )
    ageing = {name: queue.ageing for name, queue in queues.items() if queue.ageing}
    if not ageing:
        return points
    return points + _by_queue(ageing) * seconds_since(_c.enqueued_at, now) / MINUTE_S


def _by_queue(values: Mapping[str, float]) -> ColumnElement[Any]:
    known = {name: value for name, value in values.items() if value}
    return case(known, value=_c.queue, else_=0) if known else literal(0)


@cache
def _talking(dialect: str) -> Executable:
    """Interactions of the given conversations that are not closed, and their specialists."""
    wanted, log, beside = given(dialect, id=ID), tables.conversation, tables.participant
    logs = wanted.join(log, log.c.id == wanted.c.id)
    # By the customer, because that has an index.
    here = logs.join(tables.interaction, _c.customer_id == log.c.customer_id)
    paused = case((_c.state == State.PAUSED, _c.id)).label("paused_id")
    closing = case((_c.closing_until.is_not(None), _c.id)).label("closing_id")
    talking = select(log.c.id, _c.agent_id, paused, closing).select_from(here)
    joined = (
        select(log.c.id, beside.c.agent_id, null().label("paused_id"), null().label("closing_id"))
        .select_from(here.join(beside, beside.c.interaction_id == _c.id))
        .where(_c.state == State.LIVE, PARTICIPANT_OPEN)
        .where(beside.c.role == Role.SPECIALIST, beside.c.state == Joining.JOINED)
    )
    return union_all(talking.where(_c.state.in_(TALKING)), joined)


@cache
def _offer_made(dialect: str) -> Executable:
    """To many at one moment and with one deadline, each to the version that was read."""
    made = given(dialect, id=ID, version=NUMBER, agent=ID)
    return (
        update(tables.interaction)
        .where(_c.id == made.c.id, _c.version == made.c.version)
        .values(
            state=State.OFFERED,
            version=_c.version + 1,
            offer_agent_id=made.c.agent,
            offer_offered_at=bindparam("offered_at"),
            offer_expires_at=bindparam("expires_at"),
        )
    )


class SqlInteractions:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def add(self, interaction: Interaction) -> None:
        statement = (
            insert(self._db, tables.interaction)
            .values(_to_row(interaction))
            .on_conflict_do_nothing(index_elements=[_c.customer_id], index_where=INTERACTION_OPEN)
            .returning(_c.id)
        )
        if (await self._db.execute(statement)).one_or_none() is None:
            raise await self._already_open(interaction.customer_id)

    async def get(self, id: UUID) -> Interaction:
        found = await self._all(_BY_ID, {"id": id})
        if not found:
            raise NotFound("interaction")
        return found[0]

    async def lock(self, id: UUID) -> None:
        await self._db.execute(select(_c.id).where(_c.id == id).with_for_update())

    async def save(self, interaction: Interaction) -> Interaction:
        saved = structs.replace(interaction, version=interaction.version + 1)
        statement = (
            update(tables.interaction)
            .where(_c.id == saved.id, _c.version == interaction.version)
            .values(_to_row(saved))
        )
        if (await self._db.execute(statement)).rowcount == 0:
            await self.get(saved.id)
            raise Stale("interaction")
        return saved

    async def save_offered(self, offered: Sequence[Interaction]) -> Sequence[Interaction]:
        made: dict[tuple[datetime, datetime], list[tuple[UUID, int, UUID]]] = defaultdict(list)
        for one in offered:
            if one.offer is None:
                raise ValueError(f"interaction {one.id} is offered to nobody")
            moments = (one.offer.offered_at, one.offer.expires_at)
            made[moments].append((one.id, one.version, one.offer.agent_id))
        dialect = self._db.dialect.name
        for (offered_at, expires_at), these in made.items():
            moments_given = {"offered_at": offered_at, "expires_at": expires_at}
            statement = _offer_made(dialect)
            done = await self._db.execute(statement, rows(dialect, these) | moments_given)
            if done.rowcount != len(these):
                raise Stale("interaction")
        return [structs.replace(one, version=one.version + 1) for one in offered]

    async def latest_of(self, customer_id: UUID) -> Interaction | None:
        latest = await self._all(_LATEST, {"id": customer_id})
        return latest[0] if latest else None

    async def history(self, customer_id: UUID, limit: int) -> Sequence[Interaction]:
        return await self._all(_HISTORY, {"id": customer_id, "at_most": limit})

    async def waiting(self) -> Sequence[Interaction]:
        return await self._all(_WAITING)

    async def waiting_in(self, queues: Collection[str], limit: int) -> Sequence[Interaction]:
        return await self._all(_WAITING.where(_c.queue.in_(queues)).limit(limit))

    async def count_waiting(self, queues: Collection[str]) -> int:
        found = select(func.count()).select_from(tables.interaction)
        either = or_(INTERACTION_QUEUED, INTERACTION_OFFERED)
        return await self._db.scalar(found.where(either, _c.queue.in_(queues))) or 0

    async def is_anybody_queued(self) -> bool:
        return await self._db.scalar(_ONE_QUEUED) is not None

    async def claim_queued(
        self, limit: int, queues: Queues, now: datetime
    ) -> Sequence[Interaction]:
        queued = select(tables.interaction).where(INTERACTION_QUEUED)
        ordered = queued.order_by(_c.crisis.desc(), _points(queues, now).desc(), *_EARLIEST)
        return await self._all(ordered.limit(limit).with_for_update(skip_locked=True))

    async def claim_waiting(self, ids: Collection[UUID]) -> Sequence[Interaction]:
        either = or_(INTERACTION_QUEUED, INTERACTION_OFFERED)
        mine = select(tables.interaction).where(either, _c.id.in_(ids)).order_by(*_FIRST_SERVED)
        return await self._all(mine.with_for_update(skip_locked=True))

    async def with_agent(self, agent_id: UUID) -> Sequence[Interaction]:
        return await self._all(_WITH_AGENT, {"id": agent_id})

    async def live(self) -> Sequence[Interaction]:
        live = and_(INTERACTION_TAKEN, _c.state == State.LIVE)
        return await self._all(
            select(tables.interaction).where(live).order_by(_c.accepted_at, _c.id)
        )

    async def talking(self, conversations: Collection[UUID]) -> Sequence[Talking]:
        dialect = self._db.dialect.name
        wanted = rows(dialect, [(id,) for id in conversations])
        found = await self._db.execute(_talking(dialect), wanted)
        return [Talking(row.id, row.agent_id, row.paused_id, row.closing_id) for row in found]

    async def overdue(self, now: datetime) -> Sequence[Interaction]:
        late = or_(
            and_(INTERACTION_OFFERED, _c.offer_expires_at <= now),
            and_(INTERACTION_TAKEN, _c.state == State.WRAP_UP, _c.wrap_up_until <= now),
        )
        return await self._all(select(tables.interaction).where(late).order_by(*_FIRST_SERVED))

    async def closing_due(self, now: datetime) -> Sequence[Interaction]:
        due = and_(INTERACTION_TAKEN, _c.state == State.LIVE, _c.closing_until <= now)
        return await self._all(select(tables.interaction).where(due).order_by(*_FIRST_SERVED))

    async def maybe_silent(self, now: datetime, queues: Collection[str]) -> Sequence[Interaction]:
        texts = and_(
            INTERACTION_TAKEN,
            _c.state == State.LIVE,
            _c.channel == Channel.TEXT,
            _c.queue.in_(queues),
            _c.closing_until.is_(None),
            or_(_c.quiet_at.is_(None), _c.quiet_at <= now),
        )
        return await self._all(select(tables.interaction).where(texts).order_by(*_FIRST_SERVED))

    async def crises_claimed(self, customer_id: UUID, since: datetime) -> int:
        mine = and_(_c.customer_id == customer_id, _c.enqueued_at > since)
        counted = select(func.count()).where(mine, _c.crisis, _c.crisis_claimed)
        return int(await self._db.scalar(counted) or 0)

    async def count_ended(self, since: datetime) -> int:
        counted = select(func.count()).where(_c.ended_at >= since)
        return int(await self._db.scalar(counted) or 0)

    async def to_remind(self, now: datetime) -> Sequence[Interaction]:
        late = and_(INTERACTION_PAUSED, _c.remind_at <= now)
        return await self._all(select(tables.interaction).where(late).order_by(_c.remind_at, _c.id))

    async def open_from(self, customer_id: UUID | None, limit: int) -> Sequence[Interaction]:
        found = select(tables.interaction).where(INTERACTION_OPEN)
        if customer_id is not None:
            found = found.where(_c.customer_id >= customer_id)
        return await self._all(found.order_by(_c.customer_id, _c.enqueued_at, _c.id).limit(limit))

    async def wrap_ups(self, before: datetime, limit: int) -> Sequence[Interaction]:
        late = or_(_c.wrap_up_until.is_(None), _c.wrap_up_until < before)
        taken = and_(INTERACTION_TAKEN, _c.state == State.WRAP_UP, late)
        found = select(tables.interaction).where(taken).order_by(_c.ended_at, _c.id)
        return await self._all(found.limit(limit))

    async def handled_s(self, queue: str, *, text: bool, limit: int) -> Sequence[float]:
        statement = (
            select(_c.accepted_at, _c.ended_at)
            .where(_like(queue, text=text), _c.accepted_at.is_not(None), _c.ended_at.is_not(None))
            .order_by(_c.ended_at.desc())
            .limit(limit)
        )
        rows = await self._db.execute(statement)
        return [(row.ended_at - row.accepted_at).total_seconds() for row in rows]

    async def outcomes(self, queue: str, *, text: bool, limit: int) -> Sequence[Outcome]:
        """Two reads, one by each index, put together here."""
        wanted = select(_c.id, _BEGAN, _c.accepted_at, _c.ended_at, _c.expected_s)
        mine = wanted.where(_like(queue, text=text))
        answered = mine.where(_c.accepted_at.is_not(None)).order_by(_c.accepted_at.desc())
        left = mine.where(_c.accepted_at.is_(None), _c.ended_at.is_not(None))
        found = [
            *await self._db.execute(answered.limit(limit)),
            *await self._db.execute(left.order_by(_c.ended_at.desc()).limit(limit)),
        ]
        found.sort(key=lambda row: (row.accepted_at or row.ended_at, row.id), reverse=True)
        return [
            outcome(row.began_at, row.accepted_at, row.ended_at, row.expected_s)
            for row in found[:limit]
        ]

    async def _already_open(self, customer_id: UUID) -> AlreadyOpen | Stale:
        statement = select(_c.id).where(_c.customer_id == customer_id, INTERACTION_OPEN)
        open_id = await self._db.scalar(statement)
        # It may have closed since it was in the way.
        return Stale("interaction") if open_id is None else AlreadyOpen(open_id)

    async def _all(
        self, statement: Select[*tuple[Any, ...]], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Interaction]:
        return [_from_row(row) for row in await self._db.execute(statement, parameters)]
