"""Does the dispatcher keep its promises? It is watched from outside, by rules of its own."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from app.conversation.interaction import Channel, Interaction
from app.conversation.matching import Need, fits, need_of, suits
from app.conversation.people import Workload
from app.conversation.queues import Queue
from app.conversation.routing import TRIED_AGAIN_AFTER, Match, queue_of

CRISIS_S = 1.0
"""A crisis is offered within this time of a matching agent being free."""

Queued = Mapping[UUID, Interaction]
Loads = Mapping[UUID, Workload]


class Watch:
    """Collects every breach; the four lists stay empty where all is well."""

    def __init__(self, queues: Mapping[str, Queue]) -> None:
        self._queues = queues
        self._reserving = {q.name for q in queues.values() if q.reserved or q.reserved_share}
        self._free_since: dict[UUID, datetime] = {}
        self.crises = 0
        self.crisis_s = 0.0
        self.late_crises: list[str] = []
        self.overtaken: list[str] = []
        self.stuck: list[str] = []
        self.over_capacity: list[str] = []

    def changed(self, queued: Queued, loads: Loads, now: datetime) -> None:
        """Note since when a crisis has had a matching agent with room."""
        for one in (one for one in queued.values() if one.crisis):
            if one.id not in self._free_since and self._has_agent(one, loads, now):
                self._free_since[one.id] = now

    def offered(
        self, matches: Collection[Match], queued: Queued, loads: Loads, now: datetime
    ) -> None:
        """A round of offers was made; `queued` are those who still wait after it."""
        for match in matches:
            self._in_time(match, now)
            self._in_order(match, queued.values(), now)
            self._within_capacity(match, loads)
        self._nobody_beside_a_free_agent(queued.values(), loads, now)
        for one in (one for one in queued.values() if one.crisis):
            if one.id in self._free_since and not self._has_agent(one, loads, now):
                del self._free_since[one.id]  # another crisis was first

    def gone(self, id: UUID) -> None:
        self._free_since.pop(id, None)

    def ended(self, still_open: Iterable[Interaction]) -> None:
        """The day is over and nothing will happen any more."""
        self.stuck += [f"{one.id} is {one.state.value} for ever" for one in still_open]

    def _in_time(self, match: Match, now: datetime) -> None:
        one = match.interaction
        if not one.crisis:
            return
        self.crises += 1
        took = (now - self._free_since.pop(one.id, now)).total_seconds()
        self.crisis_s = max(self.crisis_s, took)
        if took > CRISIS_S:
            self.late_crises.append(f"{one.id} after {took:.1f} s")

    def _in_order(self, match: Match, left: Iterable[Interaction], now: datetime) -> None:
        """Of two alike the one who asked first goes first, but to an agent who let it go."""
        taken = match.interaction
        for one in left:
            if one.enqueued_at >= taken.enqueued_at or _kind(one) != _kind(taken):
                continue
            tried = {each.agent_id for each in one.tried if now - each.at < TRIED_AGAIN_AFTER}
            if match.agent_id not in tried:
                self.overtaken.append(f"{one.id} by {taken.id}")

    def _within_capacity(self, match: Match, loads: Loads) -> None:
        load, channel = loads[match.agent_id], match.interaction.channel
        if load.held(channel) > load.capacity(channel):
            self.over_capacity.append(f"{load.agent.name} has {load.held(channel)}")

    def _nobody_beside_a_free_agent(
        self, left: Collection[Interaction], loads: Loads, now: datetime
    ) -> None:
        if not left:
            return
        wanted = {Channel.TEXT if _is_text(one) else Channel.VOICE for one in left}
        free = [load for channel in wanted for load in loads.values() if load.can_take(channel)]
        if not free:
            return
        seen: set[object] = set()
        for one in left:
            need = need_of(one, queue_of(self._queues, one.queue), now)
            kind = (need, _is_text(one), one.crisis)
            if kind in seen:
                continue
            seen.add(kind)
            if any(self._should_have(one, need, load) for load in free):
                self.stuck.append(f"{one.id} beside a free agent at {now:%H:%M:%S}")

    def _should_have(self, one: Interaction, need: Need, load: Workload) -> bool:
        kept = not one.crisis and not self._reserving.isdisjoint(load.agent.queues)
        return not kept and load.can_take(one.channel) and suits(load.agent, need)

    def _has_agent(self, one: Interaction, loads: Loads, now: datetime) -> bool:
        queue = queue_of(self._queues, one.queue)
        able = (load for load in loads.values() if load.can_take(one.channel))
        return any(fits(load.agent, one, queue, now) for load in able)


def _is_text(one: Interaction) -> bool:
    return one.channel is Channel.TEXT


def _kind(one: Interaction) -> tuple[object, ...]:
    """What makes two requests equals: whoever may take one may take the other."""
    skills = tuple(sorted(one.skills.items()))
    return one.queue, skills, one.language, _is_text(one), one.priority, one.crisis
