"""What happens when an agent may not come in any more?"""

from app import topics
from app.calls import end_of
from app.conversation import consult, desk
from app.conversation.interaction import State
from app.conversation.participant import State as Joining
from app.conversation.people import Agent
from app.conversation.timeline import SYSTEM
from app.store.work import Work
from rtc.call import EndReason


async def end_access(work: Work, agent: Agent) -> None:
    """At once: signed out everywhere, and what they had goes back to its place in the queue.

    The row stays, since the history names its agents; it has neither password nor presence. From
    its change on no offer is made to them, so nothing comes after what is looked at then.
    """
    await work.sign_ins.delete_of(agent.id)
    await work.invitations.delete_of(agent.id)
    await work.agents.deactivate(agent.id)
    for interaction in await work.interactions.with_agent(agent.id):
        await work.interactions.lock(interaction.id)
    for interaction in await work.interactions.with_agent(agent.id):
        if interaction.state is State.LIVE:
            await end_of(work, interaction, EndReason.TRANSFERRED)
            await consult.over(work, interaction, SYSTEM)
        await desk.give_up(work, interaction)
    for one in await work.participants.with_agent(agent.id):
        if one.state is Joining.OFFERED:
            await consult.decline(work, one.id, agent, "the agent left")
        else:
            await consult.leave(work, one.id, agent)
    for topic in (topics.me(agent.id), topics.TEAM, topics.QUEUE):
        work.ring(topic)
