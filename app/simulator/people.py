"""Who takes part: agents with their habits, customers with their needs and their patience."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from msgspec import Struct

from app.conversation.interaction import Interaction, State
from app.conversation.people import Agent, Workload
from app.conversation.queues import Span
from app.simulator import chance
from app.simulator.scenario import AgentsSpec, ArrivalsSpec, Day

AGENTS = 1 << 64
CUSTOMERS = 2 << 64
"""Where the ids of either begin: the same scenario always has the same ids."""


class Worker(Struct, frozen=True):
    """An agent, when they work, and how they take offers."""

    agent: Agent
    habits: AgentsSpec
    shifts: tuple[Span, ...]


class Visitor(Struct, frozen=True):
    """A customer as they arrive, with what nobody knows yet."""

    at: float  # seconds since midnight
    interaction: Interaction
    patience_s: float
    handle_s: float


def workers(day: Day) -> list[Worker]:
    found: list[Worker] = []
    for spec, shifts in zip(day.scenario.agents, day.shifts, strict=True):
        for number in range(spec.count):
            agent = Agent(
                id=UUID(int=AGENTS + len(found)),
                email=f"{spec.name}-{number}@company.example",
                name=f"{spec.name} {number + 1}",
                password_hash="",
                queues=spec.queues,
                capacity=spec.capacity,
                skills=spec.skills,
                languages=spec.languages,
            )
            found.append(Worker(agent, spec, shifts))
    return found


def reachable(worker: Worker) -> Workload:
    return Workload(agent=worker.agent, reachable=True)


def visitors(day: Day, team: list[Worker], dice: Random) -> Iterator[Visitor]:
    """Everybody who asks in the course of the day, in no order."""
    number = 0
    for spec, rates in zip(day.scenario.arrivals, day.rates, strict=True):
        owners = [one.agent.id for one in team if spec.queue in one.agent.queues]
        for at in chance.arrivals(dice, rates):
            number += 1
            owned = bool(owners) and chance.happens(dice, spec.owned)
            owner = dice.choice(owners) if owned else None
            yield Visitor(
                at,
                _asking(spec, number, day.midnight + timedelta(seconds=at), owner, dice),
                chance.length(dice, spec.patience_s),
                chance.length(dice, spec.handle_s),
            )


def _asking(
    spec: ArrivalsSpec, number: int, at: datetime, owner: UUID | None, dice: Random
) -> Interaction:
    id = UUID(int=CUSTOMERS + number)
    return Interaction(
        id=id,
        conversation_id=id,
        customer_id=id,
        state=State.QUEUED,
        channel=spec.channel,
        queue=spec.queue,
        reason="",
        priority=spec.priority,
        why_now="",
        enqueued_at=at,
        language=chance.one_of(dice, spec.languages),
        skills=spec.skills,
        crisis=chance.happens(dice, spec.crisis),
        owner_id=owner,
    )
