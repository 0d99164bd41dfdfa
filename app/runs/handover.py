"""What happens to a run around a human: help is asked, the run is looked at, given back."""

from app.conversation.errors import NotFound
from app.conversation.interaction import Channel, Interaction
from app.conversation.people import Agent
from app.conversation.telling import by_agent
from app.conversation.timeline import SYSTEM
from app.notify import notify
from app.runs.log import RunInHand, RunLog, customer_actor
from app.store.work import Work
from push.notification import NotificationClass
from selfservice import events
from selfservice.effects import Escalate
from selfservice.escalation import escalation
from selfservice.state import Status
from selfservice.view import RunView, view
from selfservice.wording import flow_title


class Handover:
    def __init__(self, runs: RunLog) -> None:
        self._runs = runs

    def escalation(self, run: RunInHand) -> Escalate | None:
        """Which queue would take this run, and how urgently; None where the flow names none."""
        return escalation(run.definition, run.state, run.state.updated_at)

    async def help_asked(self, work: Work, run: RunInHand, channel: Channel) -> None:
        """The help button: the run stays where it is, marked as with a human.

        One that is over, that stopped for a human by itself, or whose flow knows no help stays
        as it is.
        """
        helped = run.definition.help_at(run.state.step) is not None
        if not helped or run.state.status not in {Status.ACTIVE, Status.WAITING}:
            return
        customer = await work.customers.get(run.row.customer_id)
        actor = events.Actor(kind="customer", id=str(customer.id))
        event = events.HelpAsked(at=await work.now(), actor=actor, channel=channel.value)
        await self._runs.append_unattended(work, run, event, customer_actor(customer))

    async def hand_back(
        self, work: Work, interaction: Interaction, agent: Agent, step: str | None
    ) -> None:
        """The agent gives the run back; the customer is notified in the same transaction.

        Raises NotFound without a run, selfservice.errors.NotAllowed where it is not with a human
        or cannot go on at `step`.
        """
        run = await self._run_of(work, interaction)
        if run is None:
            raise NotFound("run")
        actor = events.Actor(kind="agent", id=str(agent.id))
        event = events.HandedBack(at=await work.now(), actor=actor, step=step)
        await self._runs.append_unattended(work, run, event, by_agent(agent))
        await self._follow_up(work, run, agent)

    async def released(self, work: Work, interaction: Interaction) -> None:
        """The human is gone: a run that was left with them goes back to the customer.

        One that was handed back, or came to its end meanwhile, stays as it is.
        """
        run = await self._run_of(work, interaction)
        if run is None or run.state.status is not Status.WITH_HUMAN:
            return
        event = events.HandedBack(at=await work.now(), actor=events.Actor(kind="system"))
        await self._runs.append_unattended(work, run, event, SYSTEM)

    async def view_of(self, work: Work, interaction: Interaction) -> RunView | None:
        """The interaction's run as an agent may see it."""
        run = await self._run_of(work, interaction)
        return view(run.definition, run.state, self._runs.texts) if run else None

    async def _run_of(self, work: Work, interaction: Interaction) -> RunInHand | None:
        return await self._runs.get(work, interaction.run_id) if interaction.run_id else None

    async def _follow_up(self, work: Work, run: RunInHand, agent: Agent) -> None:
        """Tell the phone, also when the app is closed, that the customer can go on alone."""
        await notify(
            work,
            run.row.customer_id,
            run.row.conversation_id,
            NotificationClass.FOLLOWUP,
            title=flow_title(run.definition, self._runs.texts),
            body=f"Done together with {agent.name}. You can go on alone where you stopped.",
            link=f"#/run/{run.row.id}",
        )
