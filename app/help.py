"""Asking for a human: the run is marked, the context attached, the queue chosen."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.auth.anonymous import must_be_unlinked
from app.conversation import desk
from app.conversation.capsule import Capsule
from app.conversation.context import Context, claims_of
from app.conversation.crisis import ignored, may_claim
from app.conversation.errors import SignInForThis
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Customer
from app.conversation.queues import Queue, Skills
from app.conversation.routing import queue_of
from app.conversation.secret_text import blank
from app.ids import new_id
from app.queue import expecting
from app.runs.handover import Handover
from app.runs.log import RunInHand, RunLog
from app.store.work import Work
from selfservice.insight import SETTLED
from selfservice.view import trouble, where

GENERAL_QUEUE = "general"
"""Where help goes that was asked for outside a flow."""

GENERAL_REASON = "help"
GENERAL_PRIORITY = 1
REMEMBERED = 20
"""So many requests are looked through for the agent who had the last."""

CHANNEL_WORDS = {
    Channel.TEXT: "asks by text",
    Channel.VOICE: "asks for voice",
    Channel.VIDEO: "asks for video",
}


class Ask(Struct, frozen=True, kw_only=True):
    """What the customer's app sends along."""

    channel: Channel
    run_id: UUID | None
    reason: str | None
    crisis: bool
    capsule: Capsule
    shared: bool
    callback: bool = False

    @property
    def words(self) -> str:
        """The end of the why-now line."""
        return "asks to be called" if self.callback else CHANNEL_WORDS[self.channel]


class Request(Struct, frozen=True):
    """A request for a human as it goes into the queue, now or later."""

    interaction: Interaction
    context: Context


class Prospect(Struct, frozen=True, kw_only=True):
    """What asking for help would mean."""

    queue: str
    priority: int = GENERAL_PRIORITY
    reason: str | None = None  # the flow's own; None: the customer's
    skills: Skills = {}
    crisis: bool = False
    where: str | None = None
    """`Activate card, step 2 of 4`: what an agent would read of the run."""
    trouble: str | None = None
    """`digits refused twice`; None where nothing went wrong."""

    def asking(self, customer: Customer, channel: Channel, now: datetime) -> Interaction:
        """What would be queued, as far as its wait depends on it."""
        return Interaction(
            id=new_id(),
            conversation_id=customer.conversation_id,
            customer_id=customer.id,
            state=State.QUEUED,
            channel=channel,
            queue=self.queue,
            reason="",
            priority=self.priority,
            why_now="",
            enqueued_at=now,
            language=customer.language,
            skills=self.skills,
            crisis=self.crisis,
        )


class Help:
    def __init__(self, runs: RunLog, handover: Handover) -> None:
        self._runs = runs
        self._handover = handover

    async def prospect(self, work: Work, customer: Customer, run_id: UUID | None) -> Prospect:
        """Where help would go, and with what. Raises NotFound for somebody else's run."""
        if run_id is None:
            return Prospect(queue=GENERAL_QUEUE)
        run = await self._runs.own(work, run_id, customer)
        return replace(
            self._wanted(run),
            where=where(run.definition, run.state, self._runs.texts),
            trouble=trouble(run.definition, run.state, self._runs.texts),
        )

    async def ask(self, work: Work, customer: Customer, asked: Ask) -> Interaction:
        """Queue an interaction with everything attached, in one transaction.

        Raises AlreadyOpen where one waits, is live or paused, and whatever `prepared` raises.
        """
        await must_be_unlinked(work, customer)
        request = await self.prepared(work, customer, asked)
        return await self.queued(work, customer, request)

    async def prepared(self, work: Work, customer: Customer, asked: Ask) -> Request:
        """What would be queued and attached; nothing is written.

        Raises NotFound for somebody else's run, SignInForThis where the queue is not for somebody
        anonymous.
        """
        run = await self._runs.own(work, asked.run_id, customer) if asked.run_id else None
        to = self._wanted(run)
        claimed = asked.crisis and not to.crisis
        counts = claimed and await may_claim(work, customer)
        why = self._runs.why(run) if run else _plain_reason(asked)
        interaction = Interaction(
            id=new_id(),
            conversation_id=customer.conversation_id,
            customer_id=customer.id,
            state=State.QUEUED,
            channel=asked.channel,
            queue=to.queue,
            reason=to.reason or blank(asked.reason or GENERAL_REASON),
            priority=to.priority,
            why_now=f"{why}, {asked.words}",
            enqueued_at=await work.now(),
            run_id=run.row.id if run else None,
            language=customer.language,
            skills=to.skills,
            crisis=to.crisis or counts,
            crisis_claimed=claimed,
            owner_id=await _owner(work, customer),
        )
        if customer.anonymous and not (await _queue(work, interaction.queue)).anonymous:
            raise SignInForThis("help with this")
        return Request(interaction, await _context(work, interaction, customer, asked))

    async def queued(self, work: Work, customer: Customer, request: Request) -> Interaction:
        """Queue it, as `ask` says; the run is with a human from now on."""
        interaction = await expecting(work, request.interaction)
        await desk.ask(work, interaction, customer)
        if interaction.crisis_claimed and not interaction.crisis:
            await ignored(work, interaction)
        await work.contexts.add(request.context)
        await work.insight.count_again(customer.id, await work.now() - SETTLED)
        if interaction.run_id is not None:
            # Whose it was `prepared` has seen to; a guest's may have stayed behind at the sign-in.
            run = await self._runs.get(work, interaction.run_id)
            await self._handover.help_asked(work, run, interaction.channel)
        return interaction

    def _wanted(self, run: RunInHand | None) -> Prospect:
        """Whom the run asks for; outside of one, and where its flow names nobody, anybody."""
        escalation = self._handover.escalation(run) if run else None
        if escalation is None:
            return Prospect(queue=GENERAL_QUEUE)
        return Prospect(
            queue=escalation.queue,
            priority=escalation.priority,
            reason=escalation.reason,
            skills=escalation.skills,
            crisis=escalation.crisis,
        )


async def _owner(work: Work, customer: Customer) -> UUID | None:
    """The agent who had the customer last; requests that nobody took do not count."""
    past = await work.interactions.history(customer.id, REMEMBERED)
    return next((one.agent_id for one in past if one.agent_id), None)


async def _queue(work: Work, name: str) -> Queue:
    return queue_of(await work.queues.all(), name)


async def _context(work: Work, interaction: Interaction, customer: Customer, asked: Ask) -> Context:
    return Context(
        interaction_id=interaction.id,
        app_state=asked.capsule.app_state,
        actions=asked.capsule.actions,
        claims=claims_of(customer),
        removed=asked.capsule.removed,
        captured_at=await work.now(),
        shared=asked.shared,
    )


def _plain_reason(asked: Ask) -> str:
    screen = asked.capsule.app_state.screen
    return f"Help on {screen}" if screen else "Help in the app"
