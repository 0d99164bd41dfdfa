"""A question is repeated where it asks for what is known: warned of, counted, none is the goal."""

from datetime import timedelta
from uuid import UUID

from app import topics
from app.conversation.facts import FRESH, Fact, known
from app.conversation.ports import Work
from app.conversation.timeline import Actor, Audience, Entry

KIND = "question.repeated"


async def already_known(
    work: Work, customer_id: UUID, key: str, max_age: timedelta = FRESH
) -> Fact | None:
    """What a question for this key would ask in vain: to warn whoever is about to ask it."""
    return known(await work.facts.of(customer_id), key, await work.now(), max_age)


async def count(work: Work, conversation_id: UUID, fact: Fact, asked_by: Actor, by: str) -> None:
    """It was asked all the same; `by` says by what: flow, or agent."""
    body = {"key": fact.key, "by": by, "source": fact.source, "known_since": fact.at.isoformat()}
    entry = Entry(kind=KIND, actor=asked_by, body=body, audience=Audience.AGENTS)
    await work.timeline.append(conversation_id, entry)
    work.ring(topics.conversation(conversation_id))
