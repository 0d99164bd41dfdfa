"""May this agent take this interaction: queue, overflow, language, skills?"""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from app.conversation.interaction import How, Interaction
from app.conversation.people import Agent
from app.conversation.queues import Queue

RETURNED_AFTER = timedelta(minutes=10)
"""Whoever passed an interaction on gets it back only where nobody took it for so long."""


class Need(Struct, frozen=True):
    """What an agent must be. Of a thousand who wait most need the same."""

    queue: str
    overflow: str | None
    language: str | None
    skills: tuple[tuple[str, int], ...]


def need_of(one: Interaction, queue: Queue, now: datetime) -> Need:
    overflow = queue.overflow.queue if queue.overflow and has_overflowed(one, queue, now) else None
    return Need(one.queue, overflow, spoken(queue, one.language), required(queue, one))


def suits(agent: Agent, need: Need) -> bool:
    """Whether the agent is of the right kind; whether they have room is another question.

    An agent of whom no language is known is taken to speak the company's.
    """
    if need.queue not in agent.queues and need.overflow not in agent.queues:
        return False
    if need.language and agent.languages and need.language not in agent.languages:
        return False
    return not need.skills or all(agent.skills.get(skill, 0) >= at for skill, at in need.skills)


def fits(agent: Agent, one: Interaction, queue: Queue, now: datetime) -> bool:
    return suits(agent, need_of(one, queue, now))


def wanted_for(one: Interaction, now: datetime) -> UUID | None:
    """The one agent who is asked at present, whatever queues and skills say."""
    return one.wanted.agent_id if one.wanted and now < one.wanted.until else None


def kept_from(one: Interaction, now: datetime) -> UUID | None:
    """The agent who passed it on, and does not want it back."""
    passed = one.passed_on
    if passed is None or passed.how is not How.TRANSFERRED or now - passed.at >= RETURNED_AFTER:
        return None
    return passed.agent_id


def may_have(agent: Agent, one: Interaction, need: Need, now: datetime) -> bool:
    """Whether it could be offered to this agent now, with what was said when it was passed on."""
    wanted = wanted_for(one, now)
    if wanted is not None:
        return agent.id == wanted
    return agent.id != kept_from(one, now) and suits(agent, need)


def has_overflowed(one: Interaction, queue: Queue, now: datetime) -> bool:
    """Whether it waited so long that the agents of the other queue are asked as well."""
    if queue.overflow is None:
        return False
    return (now - one.waiting_since).total_seconds() >= queue.overflow.after_s


def spoken(queue: Queue, language: str) -> str | None:
    """The customer's language where the queue offers it, else its first; None: it is not asked."""
    if not queue.languages:
        return None
    return language if language in queue.languages else queue.languages[0]


def required(queue: Queue, one: Interaction) -> tuple[tuple[str, int], ...]:
    """What queue and interaction ask for together, each skill at the higher level."""
    if not queue.skills and not one.skills:
        return ()
    both = dict(queue.skills)
    for skill, level in one.skills.items():
        both[skill] = max(level, both.get(skill, 1))
    return tuple(sorted(both.items()))
