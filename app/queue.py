"""The queue as seen by those in it: place, expected wait, and the round that makes offers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from msgspec import Struct
from msgspec.structs import replace

from app.conversation import consult, desk
from app.conversation.errors import Stale
from app.conversation.interaction import WAITING, Channel, Interaction, State, is_overdue
from app.conversation.line import line_of
from app.conversation.participant import Participant
from app.conversation.routing import Match, assign, places_of
from app.conversation.waiting import (
    ANSWER_S,
    REMEMBERED,
    Outcome,
    Wait,
    estimate,
    expected_s,
)
from app.each import each
from app.retry import retried
from app.store.away import DatabaseAway
from app.store.work import Store, Work

BATCH = 1000
"""Interactions looked at in one round. Those whom nobody can take must not hide the others."""

HANDLED = 50
"""Interactions of a queue whose length the estimate rests on."""

log = structlog.get_logger()


async def offer_round(store: Store) -> int:
    """Take back what is overdue, then offer what waits to those who can take it."""
    await _expire(store)
    try:
        return await _offer_all(store)
    except (Stale, DatabaseAway):
        raise
    except Exception:
        log.exception("offers.one_by_one")
        return await _offer_each(store)


async def _expire(store: Store) -> None:
    async with store.read() as work:
        now = await work.now()
        overdue = await work.interactions.overdue(now)
        beside = await work.participants.overdue(now)

    @retried
    async def expire(id: UUID) -> None:
        async with store.write() as work:
            one = await work.interactions.get(id)
            if is_overdue(one, await work.now()):
                await desk.expire(work, one)

    @retried
    async def expire_beside(id: UUID) -> None:
        async with store.write() as work:
            await consult.expire(work, await work.participants.get(id))

    await each("expiry.failed", [one.id for one in overdue], expire)
    await each("expiry.failed", [one.id for one in beside], expire_beside)


@retried
async def _offer_all(store: Store) -> int:
    async with store.write() as work:
        found = await _found(work)
        await _offer(work, found, found.matches)
        return len(found.matches)


async def _offer_each(store: Store) -> int:
    """One of them cannot be offered: each in a transaction of its own, leaving out what fails."""
    offered, broken = 0, set[UUID]()
    while True:
        first: Sequence[Match] = []
        try:
            async with store.write() as work:
                found = await _found(work, without=broken)
                first = found.matches[:1]
                if not first:
                    return offered
                await _offer(work, found, first)
                offered += 1
        except (Stale, DatabaseAway):
            raise
        except Exception:
            if not first:
                raise
            id = first[0].interaction.id
            log.exception("offer.failed", interaction_id=str(id))
            broken.add(id)


class _Found(Struct, frozen=True):
    """Who is to be offered what now; all of it stays locked."""

    matches: Sequence[Match] = ()
    names: Mapping[UUID, str] = {}
    asked: Mapping[UUID, Participant] = {}
    """Colleagues who are asked in, by the id under which they wait."""


async def _found(work: Work, without: Collection[UUID] = ()) -> _Found:
    now = await work.now()
    if not await _is_worth_it(work, now):
        return _Found()
    queues = await work.queues.all()
    # First the agents: of two rounds at once, the second one would else hold those who came last,
    # and give them what becomes free, while those the first one held still wait.
    loads = await work.agents.workloads(now, lock=True)
    waiting = await work.interactions.claim_queued(BATCH, queues, now)
    asked = {one.id: one for one in await work.participants.claim_asked(BATCH)}
    everybody = [*waiting, *[await _asking(work, one) for one in asked.values()]]
    wanting = [one for one in everybody if one.id not in without]
    names = {load.agent.id: load.agent.name for load in loads}
    return _Found(assign(wanting, loads, queues, now), names, asked)


async def _offer(work: Work, found: _Found, matches: Sequence[Match]) -> None:
    if offers := [one for one in matches if one.interaction.id not in found.asked]:
        await desk.offer(work, offers, found.names)
    for match in matches:
        if match.interaction.id in found.asked:
            await consult.offer(work, found.asked[match.interaction.id], match)


async def _is_worth_it(work: Work, now: datetime) -> bool:
    """On a busy day most rounds find nobody free: then the long line need not be read."""
    queued = await work.interactions.is_anybody_queued()
    if not queued and not await work.participants.is_anybody_asked():
        return False
    loads = await work.agents.workloads(now)
    return any(load.can_take(channel) for load in loads for channel in Channel)


async def _asking(work: Work, one: Participant) -> Interaction:
    """An agent's asking for a colleague, as one of those who wait."""
    return consult.as_waiting(one, await work.interactions.get(one.interaction_id))


async def place_of(work: Work, interaction: Interaction) -> int | None:
    """1 for the next one to be offered; None once somebody answers."""
    if interaction.state not in WAITING:
        return None
    line = [one for one in await work.interactions.waiting() if one.queue == interaction.queue]
    places = places_of(line, await work.queues.all(), await work.now())
    return places.get(interaction.id)


async def wait_for(work: Work, one: Interaction) -> Wait | None:
    """How long somebody who waits, or would now begin to, will wait; None while nobody is there."""
    outcomes = await _outcomes(work, one)
    expected = await _expected_s(work, one, outcomes)
    return None if expected is None else estimate(expected, outcomes)


async def expecting(work: Work, one: Interaction) -> Interaction:
    """With what is expected of its wait: how wrong that was tells those who ask later."""
    expected = await _expected_s(work, one, await _outcomes(work, one))
    return replace(one, expected_s=expected)


async def _expected_s(work: Work, one: Interaction, outcomes: Sequence[Outcome]) -> float | None:
    if one.state is State.OFFERED:
        return ANSWER_S
    now = await work.now()
    waiting = await work.interactions.waiting()
    line = line_of(
        one,
        [each for each in waiting if each.state is State.QUEUED],
        await work.agents.workloads(now),
        await work.queues.all(),
        now,
    )
    text = one.channel is Channel.TEXT
    handled = await work.interactions.handled_s(one.queue, text=text, limit=HANDLED)
    return expected_s(line, handled, outcomes)


async def _outcomes(work: Work, one: Interaction) -> Sequence[Outcome]:
    text = one.channel is Channel.TEXT
    return await work.interactions.outcomes(one.queue, text=text, limit=REMEMBERED)
