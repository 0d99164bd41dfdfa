"""Has an agent room for one more call or text?"""

from uuid import UUID

from app.conversation.errors import NotAllowed
from app.conversation.interaction import Channel, Interaction
from app.conversation.ports import Work


async def must_fit(work: Work, agent_id: UUID, interaction: Interaction) -> None:
    """With this one in hand the agent is within their capacity; agents are locked for that."""
    loads = await work.agents.workloads(await work.now(), lock=True)
    load = next(one for one in loads if one.agent.id == agent_id)
    if load.held(interaction.channel) > load.capacity(interaction.channel):
        kind = "text" if interaction.channel is Channel.TEXT else "call"
        raise NotAllowed("do that", f"{load.agent.name} has no room for another {kind}")
