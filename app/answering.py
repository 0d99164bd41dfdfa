"""Somebody answers: the call begins, and whoever left the app hears of it."""

from msgspec.structs import replace

from app.calls import start
from app.conversation.interaction import Channel, Interaction
from app.conversation.people import Agent
from app.notify import notify
from app.store.records import Owner
from app.store.work import Work
from push.notification import NotificationClass


async def begin(work: Work, interaction: Interaction, agent: Agent) -> Interaction:
    """What follows from accepting it, in the same transaction."""
    called = interaction.callback_id is not None
    if interaction.channel is not Channel.TEXT:
        by = Owner.AGENT if called else Owner.CUSTOMER
        await start(work, interaction, by, video=interaction.channel is Channel.VIDEO)
    if called or interaction.notify:
        await _tell_phone(work, interaction, agent, called=called)
    if not interaction.notify:
        return interaction
    return await work.interactions.save(replace(interaction, notify=False))


async def _tell_phone(work: Work, interaction: Interaction, agent: Agent, *, called: bool) -> None:
    rings = interaction.channel is not Channel.TEXT
    await notify(
        work,
        interaction.customer_id,
        interaction.conversation_id,
        NotificationClass.CALL if rings else NotificationClass.REPLY,
        title=f"{agent.name} is calling you" if called else f"{agent.name} is here for you",
        body="You asked to be called." if called else "It is your turn. Tap to talk.",
        link="#/talk",
    )
