"""May this agent take this interaction: queue, overflow, language, skills?"""

from datetime import datetime

from app.conversation.interaction import Interaction
from app.conversation.people import Agent
from app.conversation.queues import Queue, Skills


def fits(agent: Agent, interaction: Interaction, queue: Queue, now: datetime) -> bool:
    """Whether the agent is of the right kind; whether they have room is another question."""
    return (
        serves(agent, queue, overflows=has_overflowed(interaction, queue, now))
        and speaks(agent, spoken(queue, interaction.language))
        and knows(agent, required(queue, interaction))
    )


def has_overflowed(interaction: Interaction, queue: Queue, now: datetime) -> bool:
    """Whether it waited so long that the agents of the other queue are asked as well."""
    if queue.overflow is None:
        return False
    return (now - interaction.enqueued_at).total_seconds() >= queue.overflow.after_s


def serves(agent: Agent, queue: Queue, *, overflows: bool) -> bool:
    if queue.name in agent.queues:
        return True
    return overflows and queue.overflow is not None and queue.overflow.queue in agent.queues


def spoken(queue: Queue, language: str) -> str | None:
    """The customer's language where the queue offers it, else its first; None: it is not asked."""
    if not queue.languages:
        return None
    return language if language in queue.languages else queue.languages[0]


def speaks(agent: Agent, language: str | None) -> bool:
    """An agent of whom no language is known is taken to speak the company's."""
    return language is None or not agent.languages or language in agent.languages


def required(queue: Queue, interaction: Interaction) -> Skills:
    """What queue and interaction ask for together, each skill at the higher level."""
    if not queue.skills:
        return interaction.skills
    both = dict(queue.skills)
    for skill, level in interaction.skills.items():
        both[skill] = max(level, both.get(skill, 1))
    return both


def knows(agent: Agent, skills: Skills) -> bool:
    return all(agent.skills.get(skill, 0) >= level for skill, level in skills.items())
