"""From one agent to another: into a queue, to a person, to a colleague who knows it, taken over.

The interaction stays the same one, with its context, run and timeline: nobody repeats anything.
"""

from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from app import topics
from app.conversation import consult, desk
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.interaction import Event, How, Interaction, Passing, Wanted
from app.conversation.participant import Outcome, State
from app.conversation.people import Agent
from app.conversation.ports import Work
from app.conversation.room import must_fit
from app.conversation.secret_text import blank
from app.conversation.target import Target, ToAgent, ToQueue, named
from app.conversation.telling import by_agent, tell, write_note

WANTED_FOR = timedelta(minutes=1)
"""So long only the named person is asked: three offers of 20 s. Then anybody of the queue is."""


async def transfer(
    work: Work, id: UUID, agent: Agent, target: Target, reason: str, note: str
) -> Interaction:
    """Give it away at once. It waits at its old place, and this agent is free.

    To a queue: whoever comes next, but not this agent. To a person: theirs alone for a minute.
    Raises NotFound for an unknown target, NotAllowed where the person is away.
    """
    interaction = await desk.held(work, id, agent)
    to = await named(work, target, agent)
    passed = await _passed(work, agent, How.TRANSFERRED, agent.name, to, reason, note)
    queued = interaction.back_to_waiting(Event.TRANSFER, passed.at)
    if isinstance(target, ToQueue):
        queued = replace(queued, queue=target.name, skills=target.skills)
    wanted = None
    if isinstance(target, ToAgent):
        wanted = Wanted(agent_id=target.id, until=passed.at + WANTED_FOR)
    saved = await work.interactions.save(replace(queued, passed_on=passed, wanted=wanted))
    await consult.over(work, saved, by_agent(agent))
    await _tell(work, saved, agent, passed, "interaction.transferred", waits=True)
    work.ring(topics.me(agent.id))
    work.ring(topics.QUEUE)
    return saved


async def hand_over(work: Work, participant_id: UUID, agent: Agent) -> Interaction:
    """The colleague who joined has it from now on; raises NotAllowed where they have no room."""
    one, interaction = await consult.joined_of(work, participant_id, agent)
    handed = interaction.after(Event.HAND_OVER)
    if one.agent_id is None:
        raise NotFound("participant")
    colleague = await work.agents.get(one.agent_id)
    passed = await _passed(work, agent, How.HANDED_OVER, agent.name, colleague.name, one.note, "")
    saved = await work.interactions.save(replace(handed, agent_id=colleague.id, passed_on=passed))
    await _no_longer_beside(work, saved, colleague, agent)
    await must_fit(work, colleague.id, saved)
    await _tell(work, saved, agent, passed, "interaction.transferred", waits=False)
    work.ring(topics.me(agent.id))
    work.ring(topics.QUEUE)
    return saved


async def take_over(work: Work, id: UUID, supervisor: Agent, reason: str) -> Interaction:
    """A supervisor has it from now on; whoever had it is told why.

    Raises NotAllowed where it is not live, is theirs already, or where they have no room.
    """
    if not supervisor.is_supervisor:
        raise NotFound("interaction")
    interaction = await work.interactions.get(id)
    taken = interaction.after(Event.TAKE_OVER)
    before = interaction.agent_id
    if before is None or before == supervisor.id:
        raise NotAllowed("take it over", "you have it already")
    loser = await work.agents.get(before)
    passed = await _passed(
        work, loser, How.TAKEN_OVER, supervisor.name, supervisor.name, reason, ""
    )
    saved = await work.interactions.save(replace(taken, agent_id=supervisor.id, passed_on=passed))
    await _no_longer_beside(work, saved, supervisor, supervisor)
    await must_fit(work, supervisor.id, saved)
    await _tell(work, saved, supervisor, passed, "interaction.taken_over", waits=False)
    work.ring(topics.me(before))
    work.ring(topics.QUEUE)
    return saved


async def _passed(
    work: Work, agent: Agent, how: How, by: str, to: str, reason: str, note: str
) -> Passing:
    return Passing(
        how=how,
        agent_id=agent.id,
        by=by,
        to=to,
        reason=blank(reason),
        note=blank(note),
        at=await work.now(),
    )


async def _no_longer_beside(
    work: Work, interaction: Interaction, agent: Agent, actor: Agent
) -> None:
    """Who joined, was asked to, or is about to be, and now has it; it may be in both roles."""
    for one in await work.participants.open_of(interaction.id):
        if agent.id in {one.agent_id, one.wanted_id}:
            outcome = Outcome.HANDED_OVER if one.state is State.JOINED else Outcome.OVER
            await consult.close(work, one, interaction, outcome, by_agent(actor))


async def _tell(
    work: Work, interaction: Interaction, agent: Agent, passed: Passing, kind: str, *, waits: bool
) -> None:
    """The customer hears who comes; why is for agents."""
    actor = by_agent(agent)
    await tell(work, interaction, kind, actor, agent_name=passed.by, to=passed.to, waits=waits)
    why = "\n".join(part for part in (passed.reason, passed.note) if part)
    if why:
        await write_note(work, interaction, agent, why)
