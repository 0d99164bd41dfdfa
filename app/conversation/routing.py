"""Who is offered what: a pure choice over those who wait and those who could answer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from app.conversation.interaction import Channel, Interaction
from app.conversation.matching import Need, kept_from, need_of, suits, wanted_for
from app.conversation.people import Workload
from app.conversation.queues import Queue
from app.conversation.reservation import Reservation

TRIED_AGAIN_AFTER = timedelta(seconds=60)
"""An agent who let an offer go is not asked again sooner, unless nobody else could be."""

MINUTE_S = 60

Queues = Mapping[str, Queue]

Kind = tuple[Need, bool, bool]
"""All about an interaction that decides who may take it: also whether by text, and in a crisis."""


class Match(Struct, frozen=True):
    interaction: Interaction
    agent_id: UUID
    ttl: timedelta


def queue_of(queues: Queues, name: str) -> Queue:
    """The queue of this name; one that nobody described has the defaults."""
    return queues.get(name) or Queue(name=name)


def in_order(waiting: Iterable[Interaction], queues: Queues, now: datetime) -> list[Interaction]:
    """Those who wait, in the order they will be offered: crisis, priority and age, then time."""
    known = {name: queue_of(queues, name) for name in {one.queue for one in waiting}}
    return sorted(waiting, key=lambda one: rank(one, known[one.queue], now))


def places_of(waiting: Iterable[Interaction], queues: Queues, now: datetime) -> dict[UUID, int]:
    """Of each who waits, the place in the line of its queue: 1 is offered next."""
    lines = defaultdict[str, list[UUID]](list)
    for one in in_order(waiting, queues, now):
        lines[one.queue].append(one.id)
    return {id: place for line in lines.values() for place, id in enumerate(line, start=1)}


def rank(one: Interaction, queue: Queue, now: datetime) -> tuple[bool, float, datetime, UUID]:
    """The smaller, the sooner it is offered."""
    points: float = one.priority + queue.priority
    if queue.ageing:
        points += queue.ageing * (now - one.enqueued_at).total_seconds() / MINUTE_S
    return not one.crisis, -points, one.enqueued_at, one.id


def assign(
    waiting: Sequence[Interaction], agents: Sequence[Workload], queues: Queues, now: datetime
) -> list[Match]:
    """Match every waiting interaction to an agent who can take it, first come first served.

    Every match counts against the agent's room for the following ones. Those in a crisis come
    first, with all agents. Within each of the two lanes an agent who just let an interaction go
    is first offered to the others: asked again at once, they would let it go again.
    """
    if not waiting:
        return []
    channels = {Channel.TEXT if one.channel is Channel.TEXT else Channel.VOICE for one in waiting}
    free = [load for channel in channels for load in agents if load.can_take(channel)]
    if not free:
        return []
    offers = _Round(free, channels, Reservation(agents, queues), queues, now)
    ordered = in_order(waiting, queues, now)
    for crisis in (True, False):
        lane = [one for one in ordered if one.crisis is crisis]
        left = [one for one in lane if not offers.match(one, again=False) and one.tried]
        for one in left:
            offers.match(one, again=True)
    return offers.matches


class _Round:
    """The room that is left while offers are made."""

    def __init__(
        self,
        free: Sequence[Workload],
        channels: Collection[Channel],
        reservation: Reservation,
        queues: Queues,
        now: datetime,
    ) -> None:
        self._loads = {load.agent.id: load for load in free}
        self._channels = channels
        self._reservation = reservation
        self._queues = queues
        self._now = now
        self._never = datetime.min.replace(tzinfo=now.tzinfo)
        self._fitting: dict[Kind, list[UUID]] = {}
        self._hopeless: set[Kind] = set()
        self.matches: list[Match] = []

    def match(self, one: Interaction, *, again: bool) -> bool:
        """Give it to the best agent who is left; `again` asks those who let it go as well."""
        if not self._loads:
            return False
        queue = queue_of(self._queues, one.queue)
        need = need_of(one, queue, self._now)
        able = self._wanted_or_able(one, need)
        if not able:
            return False
        tried = self._recently_tried(one)
        able = [load for load in able if again or load.agent.id not in tried]
        if not able:
            return False
        chosen = min(able, key=lambda load: self._preference(load, one, queue, need, tried))
        self._take(chosen, one.channel)
        ttl = timedelta(seconds=queue.offer_ttl_s)
        self.matches.append(Match(one, chosen.agent.id, ttl))
        return True

    def _wanted_or_able(self, one: Interaction, need: Need) -> list[Workload]:
        """Those who could take it now; where one person is wanted, nobody else."""
        wanted = wanted_for(one, self._now)
        if wanted is None:
            keep = kept_from(one, self._now)
            return [load for load in self._able_now(one, need) if load.agent.id != keep]
        load = self._loads.get(wanted)
        free = load is not None and load.can_take(one.channel) and self._may_take(load, one)
        return [load] if load is not None and free else []

    def _able_now(self, one: Interaction, need: Need) -> list[Workload]:
        kind = (need, one.channel is Channel.TEXT, one.crisis)
        if kind in self._hopeless:
            return []
        able = [self._loads[id] for id in self._able(kind, one.channel)]
        able = [load for load in able if self._may_take(load, one)]
        if not able:
            self._hopeless.add(kind)  # room only shrinks in the course of a round
        return able

    def _recently_tried(self, one: Interaction) -> dict[UUID, datetime]:
        if not one.tried:
            return {}
        return {a.agent_id: a.at for a in one.tried if self._now - a.at < TRIED_AGAIN_AFTER}

    def _able(self, kind: Kind, channel: Channel) -> list[UUID]:
        """Agents of the right kind who have room."""
        loads = self._loads
        found = self._fitting.get(kind)
        if found is None:
            found = [load.agent.id for load in loads.values() if suits(load.agent, kind[0])]
        left = [id for id in found if id in loads and loads[id].can_take(channel)]
        self._fitting[kind] = left
        return left

    def _may_take(self, load: Workload, one: Interaction) -> bool:
        return one.crisis or self._reservation.allows(load, one.channel)

    def _preference(
        self,
        load: Workload,
        one: Interaction,
        queue: Queue,
        need: Need,
        tried: Mapping[UUID, datetime],
    ) -> tuple[datetime, bool, int, int, UUID]:
        """Smallest is best: not tried, knows the case, least loaded, knows the matter best."""
        id, agent = load.agent.id, load.agent
        known = one.owner_id == id and self._waited_s(one) < queue.owner_s
        level = sum(agent.skills.get(skill, 0) for skill, _ in need.skills)
        return tried.get(id, self._never), not known, load.calls + load.texts, -level, id

    def _waited_s(self, one: Interaction) -> float:
        return (self._now - one.waiting_since).total_seconds()

    def _take(self, load: Workload, channel: Channel) -> None:
        self._reservation.took(load, channel)
        fuller = load.with_one_more(channel)
        if any(map(fuller.can_take, self._channels)):
            self._loads[load.agent.id] = fuller
        else:
            del self._loads[load.agent.id]
