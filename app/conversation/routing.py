"""Who is offered what: a pure choice over those who wait and those who could answer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from app.conversation.interaction import Channel, Interaction
from app.conversation.matching import has_overflowed, knows, required, serves, speaks, spoken
from app.conversation.people import Workload
from app.conversation.queues import Queue
from app.conversation.reservation import Reservation

TRIED_AGAIN_AFTER = timedelta(seconds=60)
"""An agent who let an offer go is not asked again sooner, unless nobody else could be."""

MINUTE_S = 60

Queues = Mapping[str, Queue]


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
    return sorted(waiting, key=lambda one: _rank(one, known[one.queue], now))


def _rank(one: Interaction, queue: Queue, now: datetime) -> tuple[bool, float, datetime, UUID]:
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
    offers = _Round(agents, queues, now)
    if not waiting or not offers.anybody:
        return []
    ordered = in_order(waiting, queues, now)
    for crisis in (True, False):
        left = [one for one in ordered if one.crisis is crisis]
        for again in (False, True):
            left = [one for one in left if not offers.match(one, again=again)]
    return offers.matches


class _Round:
    """The room that is left while offers are made."""

    def __init__(self, agents: Sequence[Workload], queues: Queues, now: datetime) -> None:
        free = [load for load in agents if load.can_take(Channel.TEXT)]
        free += [load for load in agents if load.can_take(Channel.VOICE)]
        self._loads = {load.agent.id: load for load in free}
        self._queues = queues
        self._now = now
        self._reservation = Reservation(agents, queues) if free else None
        self._fitting: dict[tuple[object, ...], list[UUID]] = {}
        self.matches: list[Match] = []

    @property
    def anybody(self) -> bool:
        return bool(self._loads)

    def match(self, one: Interaction, *, again: bool) -> bool:
        """Give it to the best agent who is left; `again` asks those who let it go as well."""
        queue = queue_of(self._queues, one.queue)
        tried = self._recently_tried(one)
        if again and not tried:
            return False  # nothing has changed for it since the first time
        able = [self._loads[id] for id in self._able(one, queue) if again or id not in tried]
        able = [load for load in able if self._may_take(load, one)]
        if not able:
            return False
        chosen = min(able, key=lambda load: self._preference(load, one, queue, tried))
        self._take(chosen, one.channel)
        ttl = timedelta(seconds=queue.offer_ttl_s)
        self.matches.append(Match(one, chosen.agent.id, ttl))
        return True

    def _recently_tried(self, one: Interaction) -> dict[UUID, datetime]:
        if not one.tried:
            return {}
        return {a.agent_id: a.at for a in one.tried if self._now - a.at < TRIED_AGAIN_AFTER}

    def _able(self, one: Interaction, queue: Queue) -> list[UUID]:
        """Agents of the right kind who had room at the start or still have.

        Of a thousand who wait most ask for the same, so it is answered once for all of them.
        """
        text = one.channel is Channel.TEXT
        overflows = has_overflowed(one, queue, self._now)
        key = (one.queue, text, overflows, one.language, *sorted(one.skills.items()))
        found = self._fitting.get(key)
        if found is None:
            language, skills = spoken(queue, one.language), required(queue, one)
            found = [
                load.agent.id
                for load in self._loads.values()
                if serves(load.agent, queue, overflows=overflows)
                and speaks(load.agent, language)
                and knows(load.agent, skills)
            ]
        left = [id for id in found if self._loads[id].can_take(one.channel)]
        self._fitting[key] = left
        return left

    def _may_take(self, load: Workload, one: Interaction) -> bool:
        if one.crisis or self._reservation is None:
            return True
        return self._reservation.allows(load, one.channel)

    def _preference(
        self, load: Workload, one: Interaction, queue: Queue, tried: Mapping[UUID, datetime]
    ) -> tuple[datetime, bool, int, int, UUID]:
        """Smallest is best: not tried, knows the case, least loaded, knows the matter best."""
        never = datetime.min.replace(tzinfo=self._now.tzinfo)
        known = (self._now - one.enqueued_at).total_seconds() < queue.owner_s
        owner = known and one.owner_id == load.agent.id
        level = sum(load.agent.skills.get(skill, 0) for skill in required(queue, one))
        agent_id = load.agent.id
        return tried.get(agent_id, never), not owner, load.calls + load.texts, -level, agent_id

    def _take(self, load: Workload, channel: Channel) -> None:
        if self._reservation is not None:
            self._reservation.took(load, channel)
        self._loads[load.agent.id] = load.with_one_more(channel)
