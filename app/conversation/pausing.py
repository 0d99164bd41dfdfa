"""A pause: the customer answers later, keeps the place, and holds no agent up meanwhile."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app import topics
from app.conversation import consult, desk
from app.conversation.errors import NotAllowed, TimeRefused
from app.conversation.interaction import WAITING, Channel, Event, Interaction
from app.conversation.people import Agent, Customer
from app.conversation.ports import Work
from app.conversation.telling import actor_of, by_customer, people_of, tell
from app.conversation.timeline import SYSTEM, Actor


async def pause(
    work: Work, id: UUID, who: Agent | Customer, remind_at: datetime | None
) -> Interaction:
    """Go on later; raises TimeRefused where the customer is to be reminded in the past."""
    interaction = await desk.taking_part(work, id, who)
    if remind_at is not None and remind_at <= await work.now():
        raise TimeRefused("that time is over already")
    return await put_aside(work, interaction, actor_of(who), remind_at=remind_at)


async def put_aside(
    work: Work, interaction: Interaction, actor: Actor, *, remind_at: datetime | None = None
) -> Interaction:
    """Pause what is live; whoever had it is remembered."""
    paused = replace(
        interaction.after(Event.PAUSE),
        channel=Channel.TEXT,
        paused_at=await work.now(),
        remind_at=remind_at,
    )
    saved = await work.interactions.save(paused)
    await consult.over(work, saved, actor)
    until = remind_at and remind_at.isoformat()
    await tell(work, saved, "interaction.paused", actor, remind_at=until)
    work.ring(topics.QUEUE)
    return saved


async def resume(work: Work, id: UUID, customer: Customer, channel: Channel) -> Interaction:
    """The customer is back and waits again, at the old place."""
    interaction = await desk.own(work, id, customer)
    return await back_in_line(work, interaction, by_customer(customer), channel)


async def back_in_line(
    work: Work,
    interaction: Interaction,
    actor: Actor,
    channel: Channel = Channel.TEXT,
    callback_id: UUID | None = None,
) -> Interaction:
    """Queue a paused one again; whoever had the customer before is preferred."""
    queued = replace(
        interaction.back_to_waiting(Event.RESUME, await work.now()),
        channel=channel,
        owner_id=interaction.agent_id,
        paused_at=None,
        remind_at=None,
        callback_id=callback_id,
        tried=(),
    )
    saved = await work.interactions.save(queued)
    await tell(work, saved, "interaction.resumed", actor)
    work.ring(topics.QUEUE)
    return saved


async def leave_and_be_told(work: Work, id: UUID, customer: Customer) -> Interaction:
    """The customer closes the app, keeps the place, and is notified once somebody answers."""
    interaction = await desk.own(work, id, customer)
    if interaction.state not in WAITING:
        raise NotAllowed("be notified", interaction.state.value)
    saved = await work.interactions.save(replace(interaction, notify=True))
    for person in people_of(saved):
        work.ring(topics.me(person))
    return saved


async def reminded(work: Work, interaction: Interaction) -> None:
    """Once is enough."""
    saved = await work.interactions.save(replace(interaction, remind_at=None))
    await tell(work, saved, "interaction.reminded", SYSTEM)
