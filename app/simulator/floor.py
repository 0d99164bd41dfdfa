"""What happens in the course of the day: a heap of events in virtual time.

The dispatcher, the state machine of an interaction and the estimate of the wait are those of the
server; only people and clock are made up.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

from msgspec.structs import replace

from app.conversation.hours import is_open
from app.conversation.interaction import Attempt, Channel, Event, Interaction, Offer, State
from app.conversation.line import line_of
from app.conversation.people import Intent
from app.conversation.routing import Match, assign, queue_of
from app.conversation.waiting import REMEMBERED, Outcome, Wait, estimate, expected_s, outcome_of
from app.simulator import chance
from app.simulator.log import Log
from app.simulator.people import Visitor, Worker, reachable, visitors, workers
from app.simulator.scenario import Day
from app.simulator.watch import Watch

ROUND_S = 0.2
"""From a change to the round of offers that it rings for: a bell and a transaction."""

HANDLED = 50
"""As many lengths of interactions as the server looks at."""

Place = tuple[str, bool]
"""A queue, and whether it is about texts: they take longer and go beside each other."""


class Floor:
    """The simulation of one day. `run` fills the log and the watch."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.log = Log()
        self.watch = Watch(day.queues)
        self.now = day.midnight
        self._dice = Random(day.scenario.seed)  # noqa: S311 - made-up people, no secret
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._second = 0.0
        self._count = 0
        self._round_is_due = False
        self._workers = {one.agent.id: one for one in workers(day)}
        self._loads = {id: reachable(one) for id, one in self._workers.items()}
        self._queued: dict[UUID, Interaction] = {}
        self._open: dict[UUID, Interaction] = {}
        self._visitors: dict[UUID, Visitor] = {}
        self._handled: dict[Place, deque[float]] = defaultdict(lambda: deque(maxlen=HANDLED))
        self._outcomes: dict[Place, deque[Outcome]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def run(self) -> None:
        for worker in self._workers.values():
            for shift in worker.shifts:
                self._at(shift.opens * 60, partial(self._begins, worker))
                self._at(shift.closes * 60, partial(self._goes, worker))
        for one in visitors(self.day, list(self._workers.values()), self._dice):
            self._at(one.at, partial(self._arrives, one))
        while self._heap:
            self._second, _, act = heapq.heappop(self._heap)
            self.now = self.day.midnight + timedelta(seconds=self._second)
            act()
        self.watch.ended(self._open.values())
        self.log.ended(self._second)

    def _at(self, second: float, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._heap, (second, self._count, act))

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        self._at(self._second + seconds, act)

    # --- agents -------------------------------------------------------------------------------

    def _begins(self, worker: Worker) -> None:
        self._present(worker, Intent.AVAILABLE)

    def _goes(self, worker: Worker) -> None:
        """No further offers; what is in hand is brought to its end."""
        self._present(worker, Intent.OFFLINE)

    def _present(self, worker: Worker, intent: Intent) -> None:
        load = self._loads[worker.agent.id]
        self._loads[worker.agent.id] = replace(load, agent=replace(load.agent, intent=intent))
        self._staffed(worker.agent.id)
        self._ring()

    def _staffed(self, agent_id: UUID) -> None:
        self.log.agent(agent_id, self._second, self._loads[agent_id])

    def _takes(self, agent_id: UUID, channel: Channel, by: int) -> None:
        load = self._loads[agent_id]
        if channel is Channel.TEXT:
            changed = replace(load, texts=load.texts + by)
        else:
            changed = replace(load, calls=load.calls + by)
        self._loads[agent_id] = changed
        self._staffed(agent_id)

    # --- customers ----------------------------------------------------------------------------

    def _arrives(self, visitor: Visitor) -> None:
        one = visitor.interaction
        queue = queue_of(self.day.queues, one.queue)
        if not is_open(queue, self.now):
            self.log.turned_away(one)
            return
        wait, expected = self._told(one)
        one = replace(one, expected_s=expected)
        self._visitors[one.id] = visitor
        self._open[one.id] = self._queued[one.id] = one
        self.log.asked(one, wait)
        self._in(visitor.patience_s, lambda: self._leaves(one.id))
        if queue.overflow is not None:
            self._in(queue.overflow.after_s, self._ring)
        self._ring()

    def _told(self, one: Interaction) -> tuple[Wait | None, float | None]:
        place = _place(one)
        line = line_of(
            one, self._queued.values(), list(self._loads.values()), self.day.queues, self.now
        )
        expected = expected_s(line, self._handled[place], self._outcomes[place])
        if expected is None:
            return None, None
        return estimate(expected, self._outcomes[place]), expected

    def _leaves(self, id: UUID) -> None:
        """Patience is over; whoever is being answered stays."""
        one = self._open.get(id)
        if one is None or one.state not in {State.QUEUED, State.OFFERED}:
            return
        gone = replace(one.after(Event.CANCEL), ended_at=self.now)
        self._queued.pop(id, None)
        del self._open[id]
        if one.offer is not None:
            self._takes(one.offer.agent_id, one.channel, -1)
        self._outcomes[_place(gone)].appendleft(outcome_of(gone))
        self.log.left(gone)
        self.watch.gone(id)
        self._ring()

    # --- offers -------------------------------------------------------------------------------

    def _ring(self) -> None:
        """Somebody waits, or somebody can answer."""
        self.watch.changed(self._queued, self._loads, self.now)
        if not self._round_is_due:
            self._round_is_due = True
            self._in(ROUND_S, self._round)

    def _round(self) -> None:
        self._round_is_due = False
        if not self._queued:
            return
        agents = list(self._loads.values())
        matches = assign(list(self._queued.values()), agents, self.day.queues, self.now)
        for match in matches:
            self._offers(match)
        self.watch.offered(matches, self._queued, self._loads, self.now)

    def _offers(self, match: Match) -> None:
        until = self.now + match.ttl
        lease = Offer(agent_id=match.agent_id, offered_at=self.now, expires_at=until)
        one = replace(match.interaction.after(Event.OFFER), offer=lease)
        del self._queued[one.id]
        self._open[one.id] = one
        self._takes(match.agent_id, one.channel, 1)
        habits = self._workers[match.agent_id].habits
        delay = chance.length(self._dice, habits.answer_s)
        ttl = match.ttl.total_seconds()
        if delay >= ttl or chance.happens(self._dice, habits.misses):
            self._in(ttl, lambda: self._returns(one, Event.EXPIRE))
        elif chance.happens(self._dice, habits.declines):
            self._in(delay, lambda: self._returns(one, Event.DECLINE))
        else:
            self._in(delay, lambda: self._accepts(one))

    def _holds(self, offered: Interaction) -> bool:
        """Whether this very offer still stands."""
        return self._open.get(offered.id) is offered

    def _returns(self, offered: Interaction, event: Event) -> None:
        if not self._holds(offered) or offered.offer is None:
            return
        agent_id = offered.offer.agent_id
        others = tuple(one for one in offered.tried if one.agent_id != agent_id)
        tried = (*others, Attempt(agent_id=agent_id, at=self.now))
        one = replace(offered.after(event), offer=None, tried=tried)
        self._open[one.id] = self._queued[one.id] = one
        self._takes(agent_id, one.channel, -1)
        self._ring()

    def _accepts(self, offered: Interaction) -> None:
        if not self._holds(offered) or offered.offer is None:
            return
        agent_id = offered.offer.agent_id
        live = replace(
            offered.after(Event.ACCEPT), offer=None, agent_id=agent_id, accepted_at=self.now
        )
        self._open[live.id] = live
        outcome = outcome_of(live)
        self._outcomes[_place(live)].appendleft(outcome)
        self.log.answered(live, outcome.waited_s)
        self._in(self._visitors[live.id].handle_s, lambda: self._ends(live))

    def _ends(self, live: Interaction) -> None:
        wrap_up = replace(live.after(Event.END), ended_at=self.now)
        self._open[live.id] = wrap_up
        self._handled[_place(live)].append(self._visitors[live.id].handle_s)
        length = chance.length(self._dice, self.day.scenario.wrap_up_s)
        self._in(length, lambda: self._closes(wrap_up))

    def _closes(self, wrap_up: Interaction) -> None:
        wrap_up.after(Event.DISPOSE)
        del self._open[wrap_up.id]
        if wrap_up.agent_id is not None:
            self._takes(wrap_up.agent_id, wrap_up.channel, -1)
        self._ring()


def _place(one: Interaction) -> Place:
    return one.queue, one.channel is Channel.TEXT
