"""Those who wait are told when nobody is there any more for them, and when somebody is back.

Every process looks. Which of them tells is decided by the lock on the row, and what was told stands
in the row: each change is one event, however many look.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import structlog
from msgspec.structs import replace

from app import topics
from app.conversation.errors import Stale
from app.conversation.interaction import Interaction, State
from app.conversation.line import Floor
from app.conversation.timeline import SYSTEM, Entry
from app.each import each
from app.retry import retried
from app.standing import Standing
from app.store.away import DatabaseAway
from app.store.work import Store, Work

AT_ONCE = 100
"""People in one transaction: a thousand are told within a second or two, row by row takes ten."""

log = structlog.get_logger()


async def tell(store: Store, standings: Iterable[Standing]) -> None:
    """Tell everybody for whom it changed."""
    changed = [
        one.interaction
        for one in standings
        if one.nobody_there is (one.interaction.nobody_since is None)
    ]
    for first in range(0, len(changed), AT_ONCE):
        await _tell_some(store, changed[first : first + AT_ONCE])


async def _tell_some(store: Store, some: Sequence[Interaction]) -> None:
    async def alone(id: UUID) -> None:
        await _tell(store, [id])

    ids = [one.id for one in some]
    try:
        await _tell(store, ids)
    except (Stale, DatabaseAway):
        raise
    except Exception:
        log.exception("attendance.one_by_one")
        await each("attendance.failed", ids, alone)


@retried
async def _tell(store: Store, ids: Collection[UUID]) -> None:
    """Looked at again under the lock: another process may have told, or somebody come back."""
    async with store.write() as work:
        now, waiting = await work.now(), await work.interactions.claim_waiting(ids)
        floor = Floor(await work.agents.workloads(now), await work.queues.all(), now)
        told = []
        for one in waiting:
            nobody = one.state is State.QUEUED and not floor.has_room(one)
            if nobody is (one.nobody_since is None):
                await work.interactions.save(replace(one, nobody_since=now if nobody else None))
                told.append((one.conversation_id, _entry(one, nobody=nobody)))
        await _append(work, told)


async def _append(work: Work, told: Sequence[tuple[UUID, Entry]]) -> None:
    """Their pages read the event; their place is told by the frame that comes with every change."""
    if told:
        await work.timeline.append_all(told)
    for conversation_id, _ in told:
        work.ring(topics.conversation(conversation_id))


def _entry(one: Interaction, *, nobody: bool) -> Entry:
    kind = "interaction.nobody_there" if nobody else "interaction.somebody_there"
    body = {"interaction_id": str(one.id), "channel": one.channel.value}
    return Entry(kind=kind, actor=SYSTEM, body=body)
