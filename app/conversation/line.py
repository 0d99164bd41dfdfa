"""What stands between somebody who asks and an answer: who is ahead, who is free, who is there?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import fsum
from uuid import UUID

from msgspec import Struct

from app.conversation.interaction import Channel, Interaction
from app.conversation.matching import Need, may_have, need_of, suits
from app.conversation.people import Workload
from app.conversation.reservation import kept
from app.conversation.routing import Queues, in_order, queue_of, rank


class Line(Struct, frozen=True, kw_only=True):
    """Counted in conversations: an agent who takes four texts has room for four."""

    ahead: float  # somebody whom a third of these agents could also take counts for a third
    free: int
    room: int  # free or taken


def line_of(
    one: Interaction,
    queued: Iterable[Interaction],
    agents: Sequence[Workload],
    queues: Queues,
    now: datetime,
) -> Line:
    """The line as `one` finds it. `queued` are those not offered yet; `one` may be among them."""
    floor = Floor(agents, queues, now)
    mine = rank(one, queue_of(queues, one.queue), now)
    ahead = Counter(
        floor.need(other)
        for other in queued
        if _alike(one, other) and rank(other, queue_of(queues, other.queue), now) < mine
    )
    return floor.line(one, ahead)


def lines_of(
    queued: Iterable[Interaction], agents: Sequence[Workload], queues: Queues, now: datetime
) -> dict[UUID, Line]:
    """The lines of all who wait, in one pass from the first to be offered to the last."""
    floor = Floor(agents, queues, now)
    passed: dict[bool, Counter[Need]] = {True: Counter(), False: Counter()}
    lines = {}
    for one in in_order(queued, queues, now):
        ahead = passed[one.channel is Channel.TEXT]
        lines[one.id] = floor.line(one, ahead)
        ahead[floor.need(one)] += 1
    return lines


class Floor:
    """Who is there, and which of them suit a need; looked up once for all who need the same."""

    def __init__(self, agents: Sequence[Workload], queues: Queues, now: datetime) -> None:
        self._there = [load for load in agents if load.is_there]
        self._queues = queues
        self._now = now
        self._able: dict[Need, dict[UUID, Workload]] = {}
        self._shares: dict[tuple[Need, Need], float] = {}

    def need(self, one: Interaction) -> Need:
        return need_of(one, queue_of(self._queues, one.queue), self._now)

    def has_room(self, one: Interaction) -> bool:
        """Whether anybody is there who could take it, now or later."""
        return self.line(one, {}).room > 0

    def line(self, one: Interaction, ahead: Mapping[Need, int]) -> Line:
        """`ahead` counts those who are offered first, by what they need."""
        able = self._able_to(one)
        reserved = 0 if one.crisis else kept(queue_of(self._queues, one.queue), len(able))
        room = sum(load.capacity(one.channel) for load in able.values())
        free = (load.capacity(one.channel) - load.held(one.channel) for load in able.values())
        return Line(
            # In whatever order they are added: the sum is the same to the last bit.
            ahead=fsum(count * self._share(one, able, need) for need, count in ahead.items()),
            free=max(0, sum(max(0, one) for one in free) - reserved),
            room=max(min(room, 1), room - reserved),
        )

    def _able_to(self, one: Interaction) -> dict[UUID, Workload]:
        need = self.need(one)
        if _is_for_all(one):
            return self._able_for(need)
        able = (load for load in self._there if may_have(load.agent, one, need, self._now))
        return {load.agent.id: load for load in able}

    def _able_for(self, need: Need) -> dict[UUID, Workload]:
        if need not in self._able:
            fitting = (load for load in self._there if suits(load.agent, need))
            self._able[need] = {load.agent.id: load for load in fitting}
        return self._able[need]

    def _share(self, one: Interaction, able: Mapping[UUID, Workload], other: Need) -> float:
        """They need one of their own agents: as many as could take `one`, so much they count."""
        if not _is_for_all(one):
            return _overlap(able, self._able_for(other))
        pair = (self.need(one), other)
        if pair not in self._shares:
            self._shares[pair] = _overlap(able, self._able_for(other))
        return self._shares[pair]


def _is_for_all(one: Interaction) -> bool:
    """Nobody passed it on: then nothing but the need decides who may have it."""
    return one.passed_on is None and one.wanted is None


def _overlap(able: Mapping[UUID, Workload], theirs: Mapping[UUID, Workload]) -> float:
    return sum(id in able for id in theirs) / len(theirs) if theirs else 0.0


def _alike(one: Interaction, other: Interaction) -> bool:
    """Texts wait for texts, calls for calls."""
    return (one.channel is Channel.TEXT) is (other.channel is Channel.TEXT)
