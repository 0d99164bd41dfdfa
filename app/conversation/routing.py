"""Who is offered what: a pure choice over those who wait and those who could answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.interaction import Channel, Interaction
from app.conversation.people import Workload

OFFER_TTL = timedelta(seconds=20)
"""How long an agent may think; Twilio and Connect ring about as long."""

TRIED_AGAIN_AFTER = timedelta(seconds=60)
"""An agent who let an offer go is not asked again sooner, unless nobody else could be."""


class Match(Struct, frozen=True):
    interaction: Interaction
    agent_id: UUID


def in_order(waiting: Sequence[Interaction]) -> list[Interaction]:
    """Those who wait, in the order they will be offered: priority, then time of asking."""
    return sorted(waiting, key=lambda one: (-one.priority, one.enqueued_at, one.id))


def assign(
    waiting: Sequence[Interaction], agents: Sequence[Workload], now: datetime
) -> list[Match]:
    """Match every waiting interaction to an agent who can take it, first come first served.

    Every match counts against the agent's capacity for the following ones. The least loaded
    agent is taken; one who just let this offer go only when nobody else can take it.
    """
    loads = {load.agent.id: load for load in agents}
    matches = []
    for interaction in in_order(waiting):
        chosen = _choose(interaction, list(loads.values()), now)
        if chosen is None:
            continue
        matches.append(Match(interaction, chosen.agent.id))
        loads[chosen.agent.id] = _loaded(chosen, interaction.channel)
    return matches


def _choose(interaction: Interaction, loads: list[Workload], now: datetime) -> Workload | None:
    able = [
        load
        for load in loads
        if interaction.queue in load.agent.queues and load.can_take(interaction.channel)
    ]
    recent = {a.agent_id: a.at for a in interaction.tried if now - a.at < TRIED_AGAIN_AFTER}
    never = datetime.min.replace(tzinfo=now.tzinfo)
    return min(
        able,
        key=lambda load: (recent.get(load.agent.id, never), load.calls + load.texts, load.agent.id),
        default=None,
    )


def _loaded(load: Workload, channel: Channel) -> Workload:
    if channel is Channel.TEXT:
        return replace(load, texts=load.texts + 1)
    return replace(load, calls=load.calls + 1)
