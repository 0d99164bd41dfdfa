"""How what no verb leaves behind is put right, at the least cost to those concerned."""

from msgspec.structs import replace

from app import topics
from app.conversation import consult, desk
from app.conversation.interaction import WAITING, Event, Interaction, State
from app.conversation.invariants import Broken
from app.conversation.participant import Outcome, Participant
from app.conversation.ports import Work
from app.conversation.telling import ring, tell
from app.conversation.timeline import SYSTEM, Audience


async def mend_interaction(work: Work, one: Interaction, broken: Broken) -> bool:
    """Put it right; False where only a person can."""
    match broken:
        case Broken.LATE_OFFER | Broken.LATE_WRAP_UP | Broken.ENDLESS_WRAP_UP:
            await desk.expire(work, one)
        case Broken.HELD_BY_NOBODY if one.state is State.LIVE:
            await desk.give_up(work, one)
        case Broken.HELD_BY_NOBODY if one.state is State.OFFERED:
            await _wait_again(work, one)
        case Broken.HELD_BY_TWO:
            await _held_as_its_state_says(work, one)
        case Broken.CALL_MISSING:
            await desk.lost_call(work, one)
        case _:
            return False
    return True


async def mend_participant(
    work: Work, one: Participant, beside: Interaction, broken: Broken
) -> bool:
    """Put it right; False where only a person can."""
    match broken:
        case Broken.COUNTED_THOUGH_CLOSED:
            await work.participants.save(replace(one, closed_at=await work.now()))
            work.ring(topics.QUEUE)
        case Broken.HELD_BY_NOBODY | Broken.BESIDE_ONESELF:
            await consult.close(work, one, beside, Outcome.OVER, SYSTEM)
        case Broken.LATE_ASKING | Broken.BESIDE_WHAT_IS_OVER:
            await consult.expire(work, one)
        case Broken.ENDLESS_OFFER:
            await consult.expire(work, replace(one, expires_at=await work.now()))
        case _:
            return False
    return True


async def _wait_again(work: Work, one: Interaction) -> None:
    """It is offered to nobody: it waits at its old place, and somebody is asked."""
    queued = replace(one.after(Event.EXPIRE), agent_id=None)
    saved = await work.interactions.save(queued)
    reason = "nobody was asked"
    await tell(work, saved, "interaction.expired", SYSTEM, Audience.AGENTS, reason=reason)
    work.ring(topics.QUEUE)


async def _held_as_its_state_says(work: Work, one: Interaction) -> None:
    """Nobody has what waits; nobody is offered what does not."""
    right = replace(
        one,
        agent_id=None if one.state in WAITING else one.agent_id,
        offer=one.offer if one.state is State.OFFERED else None,
    )
    saved = await work.interactions.save(right)
    ring(work, one)  # whoever loses it, too
    ring(work, saved)
    work.ring(topics.QUEUE)
