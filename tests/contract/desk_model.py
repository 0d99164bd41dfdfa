"""What a desk should do, told once more and simpler: no database, no timeline, no leases."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

ROOM = 2
"""Texts that each agent takes at once."""

OPEN = ("queued", "offered", "live", "paused")
TALKING = (*OPEN, "wrap_up")


class Person(msgspec.Struct):
    """An agent."""

    queues: tuple[str, ...]
    supervises: bool = False
    available: bool = False
    connected: bool = False

    @property
    def is_there(self) -> bool:
        return self.available and self.connected


class Beside(msgspec.Struct):
    """A colleague who is asked or joined."""

    id: UUID
    role: str
    queue: str | None  # None: one person is asked
    person: int | None
    state: str = "asked"
    agent: int | None = None
    offered_at: datetime | None = None


class Life(msgspec.Struct):
    """One interaction."""

    id: UUID
    customer: int
    place: datetime
    queue: str = "cards"
    state: str = "queued"
    holder: int | None = None  # who has it, or had it before a pause or the end
    offered: int | None = None
    offered_at: datetime | None = None
    wanted: int | None = None  # of the one person to whom it was passed on
    given_away: int | None = None  # by this agent
    passed_at: datetime | None = None
    beside: dict[str, Beside] = {}  # by role


class Model(msgspec.Struct):
    team: list[Person]
    lives: list[Life] = []
    said: dict[int, list[UUID]] = {}  # cmids by customer

    def open_of(self, customer: int) -> Life | None:
        return next((o for o in self.lives if o.customer == customer and o.state in OPEN), None)

    def has(self, *states: str) -> bool:
        return any(one.state in states for one in self.lives)

    def latest_of(self, customer: int) -> Life | None:
        """The one that everybody tries things with: the open one, else the last."""
        mine = [one for one in self.lives if one.customer == customer]
        return self.open_of(customer) or (mine[-1] if mine else None)

    def load(self, agent: int) -> int:
        held = sum(
            one.offered == agent
            if one.state == "offered"
            else one.holder == agent and one.state in ("live", "wrap_up")
            for one in self.lives
        )
        return held + sum(each.agent == agent for _, each in self.all_beside())

    def load_of(self, one: Life) -> tuple[object, ...]:
        """Whom it takes up."""
        beside = [(role, each.agent) for role, each in one.beside.items()]
        return one.state, one.offered, one.holder, beside

    def all_beside(self) -> Iterator[tuple[Life, Beside]]:
        for one in self.lives:
            for each in one.beside.values():
                yield one, each

    def may_write(self, agent: int, customer: int) -> bool:
        for one in self.lives:
            if one.customer != customer or one.state not in TALKING:
                continue
            if one.holder == agent:
                return True
            specialist = one.beside.get("specialist")
            joined = specialist is not None and specialist.state == "joined"
            if joined and specialist is not None and specialist.agent == agent:
                return True
        return False

    def may_ask(self, target: "str | int", by: int) -> bool:
        """Whether there is such a queue, or whether this person is at work and somebody else."""
        if isinstance(target, str):
            return any(target in person.queues for person in self.team)
        return target != by and self.team[target].is_there

    def could_take(self, one: Life, agent: int, now: datetime) -> bool:
        """Whether this agent could be offered what waits, as far as people can tell."""
        person = self.team[agent]
        if not person.is_there or self.load(agent) >= ROOM:
            return False
        since = (now - one.passed_at).total_seconds() if one.passed_at else 0
        if one.wanted is not None and since < 60:
            return agent == one.wanted
        if one.given_away == agent and since < 600:
            return False
        return one.queue in person.queues

    def could_join(self, one: Life, beside: Beside, agent: int) -> bool:
        person = self.team[agent]
        if not person.is_there or self.load(agent) >= ROOM or agent == one.holder:
            return False
        if beside.queue is None:
            return agent == beside.person
        return beside.queue in person.queues
