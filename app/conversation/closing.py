"""How does a text conversation end? With the customer's consent, or after a silence that was told.

The agent asks whether everything is solved, or the server sees that the agent's last word stays
unanswered: both sides are told until when. Then it ends, unless the customer writes or says "not
yet". In a call people say goodbye aloud, so there is nothing to ask there.
"""

from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from app.conversation import desk
from app.conversation.errors import NotAllowed
from app.conversation.interaction import Channel, Closing, ClosingReason, Interaction, State
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.routing import queue_of
from app.conversation.telling import actor_of, by_agent, tell
from app.conversation.timeline import SYSTEM, Actor, ActorKind


async def propose(work: Work, id: UUID, agent: Agent) -> Interaction:
    """Ask the customer whether everything is solved; asked again, the first deadline stays.

    Raises NotAllowed where it is not live, and in a call.
    """
    interaction = await desk.held(work, id, agent)
    if interaction.state is not State.LIVE:
        raise NotAllowed("ask to close", interaction.state.value)
    if interaction.channel is not Channel.TEXT:
        raise NotAllowed("ask to close", f"in a {interaction.channel} call")
    if interaction.closing is not None:
        return interaction
    return await _announce(work, interaction, ClosingReason.ASKED, by_agent(agent))


async def keep_open(work: Work, id: UUID, who: Agent | Customer) -> Interaction:
    """Go on: the announced end is withdrawn. Without one nothing happens.

    Raises NotAllowed once the conversation is over.
    """
    interaction = await desk.taking_part(work, id, who)
    if interaction.state is not State.LIVE:
        raise NotAllowed("go on with it", interaction.state.value)
    if interaction.closing is None:
        return interaction
    return await kept_open(work, await opened(work, interaction), actor_of(who))


async def opened(work: Work, interaction: Interaction) -> Interaction:
    """Without the announced end; nobody is told yet."""
    return await work.interactions.save(replace(interaction, closing=None))


async def kept_open(work: Work, interaction: Interaction, actor: Actor) -> Interaction:
    """Tell that it goes on."""
    await tell(work, interaction, "interaction.kept_open", actor)
    return interaction


async def run_out(work: Work, interaction: Interaction) -> Interaction:
    """The announced time is over: it ends, unless the customer did something meanwhile.

    Raises NotAllowed where no end was announced.
    """
    closing = interaction.closing
    if closing is None:
        raise NotAllowed("end by itself", interaction.state.value)
    last = await work.timeline.last_word(interaction.conversation_id)
    if last is not None and last.actor.kind is ActorKind.CUSTOMER and last.at > closing.since:
        return await kept_open(work, await opened(work, interaction), last.actor)
    return await desk.ended(work, interaction, SYSTEM, reason=closing.reason.value)


async def listen(work: Work, interaction: Interaction) -> Interaction:
    """Look whether the customer is silent: announce the end, or look again when it could be.

    Whoever waits for the agent's answer is not silent. The first look only begins to listen: the
    last word of all may be older than the call that came between.
    """
    queue = queue_of(await work.queues.all(), interaction.queue)
    now, silence = await work.now(), timedelta(seconds=queue.silence_s)
    last = await work.timeline.last_word(interaction.conversation_id)
    unanswered = last is not None and last.actor.kind is ActorKind.AGENT
    since = last.at if last and unanswered and interaction.quiet_at else now
    if now - since < silence:
        return await work.interactions.save(replace(interaction, quiet_at=since + silence))
    return await _announce(work, interaction, ClosingReason.SILENCE, SYSTEM)


async def _announce(
    work: Work, interaction: Interaction, reason: ClosingReason, actor: Actor
) -> Interaction:
    queue = queue_of(await work.queues.all(), interaction.queue)
    now = await work.now()
    closing = Closing(reason=reason, since=now, until=now + timedelta(seconds=queue.close_s))
    # Kept open, the customer may be silent as long as before.
    quiet_at = closing.until + timedelta(seconds=queue.silence_s)
    saved = await work.interactions.save(replace(interaction, closing=closing, quiet_at=quiet_at))
    await tell(work, saved, "interaction.closing", actor, reason=reason.value, until=closing.until)
    return saved
