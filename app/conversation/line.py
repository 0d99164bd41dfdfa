"""What stands between somebody who asks and an answer: who is ahead, who is free, who is there?"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from app.conversation.interaction import Channel, Interaction
from app.conversation.matching import Need, may_have, need_of, suits
from app.conversation.people import Workload
from app.conversation.reservation import kept
from app.conversation.routing import Queues, queue_of, rank


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
    queue = queue_of(queues, one.queue)
    there = [load for load in agents if load.is_there]
    need = need_of(one, queue, now)
    able = [load for load in there if may_have(load.agent, one, need, now)]
    reserved = 0 if one.crisis else kept(queue, len(able))
    room = sum(load.capacity(one.channel) for load in able)
    free = sum(max(0, load.capacity(one.channel) - load.held(one.channel)) for load in able)
    return Line(
        ahead=_ahead(one, queued, able, there, queues, now),
        free=max(0, free - reserved),
        room=max(min(room, 1), room - reserved),
    )


def _ahead(
    one: Interaction,
    queued: Iterable[Interaction],
    able: Sequence[Workload],
    there: Sequence[Workload],
    queues: Queues,
    now: datetime,
) -> float:
    """Those offered first who want the same agents, also from other queues.

    They need one of their own agents: as many as these are among theirs, so much they count.
    """
    mine = rank(one, queue_of(queues, one.queue), now)
    mine_too = {load.agent.id for load in able}
    shares: dict[Need, float] = {}
    count = 0.0
    for other in queued:
        if (other.channel is Channel.TEXT) is not (one.channel is Channel.TEXT):
            continue
        queue = queue_of(queues, other.queue)
        if rank(other, queue, now) >= mine:
            continue
        need = need_of(other, queue, now)
        if need not in shares:
            theirs = [load.agent.id for load in there if suits(load.agent, need)]
            shares[need] = sum(id in mine_too for id in theirs) / len(theirs) if theirs else 0.0
        count += shares[need]
    return count
