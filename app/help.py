"""Asking for a human: the run is marked, the context redacted and attached, the queue chosen."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, convert, json
from msgspec.structs import replace

from app.conversation import desk
from app.conversation.context import Action, AppState, Claim, Context
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Customer
from app.conversation.redaction import Redacted, TooLarge, redact
from app.conversation.secret_text import blank
from app.ids import new_id
from app.queue import expecting
from app.runs.handover import Handover
from app.runs.log import RunLog
from app.store.work import Work
from selfservice.view import trouble, where

GENERAL_QUEUE = "general"
"""Where help goes that was asked for outside a flow."""

GENERAL_REASON = "help"
GENERAL_PRIORITY = 1
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
    app_state: AppState
    actions: tuple[Action, ...]
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
        escalation = self._handover.escalation(run)
        return Prospect(
            queue=escalation.queue if escalation else GENERAL_QUEUE,
            priority=escalation.priority if escalation else GENERAL_PRIORITY,
            where=where(run.definition, run.state, self._runs.texts),
            trouble=trouble(run.definition, run.state, self._runs.texts),
        )

    async def ask(self, work: Work, customer: Customer, asked: Ask) -> Interaction:
        """Queue an interaction with everything attached, in one transaction.

        Raises AlreadyOpen where one waits, is live or paused, and whatever `prepared` raises.
        """
        request = await self.prepared(work, customer, asked)
        return await self.queued(work, customer, request)

    async def prepared(self, work: Work, customer: Customer, asked: Ask) -> Request:
        """What would be queued and attached; nothing is written.

        Raises NotFound for somebody else's run, TooLarge for a context beyond 256 KiB.
        """
        run = await self._runs.own(work, asked.run_id, customer) if asked.run_id else None
        escalation = self._handover.escalation(run) if run else None
        why = self._runs.why(run) if run else _plain_reason(asked)
        last = await work.interactions.latest_of(customer.id)
        interaction = Interaction(
            id=new_id(),
            conversation_id=customer.conversation_id,
            customer_id=customer.id,
            state=State.QUEUED,
            channel=asked.channel,
            queue=escalation.queue if escalation else GENERAL_QUEUE,
            reason=escalation.reason if escalation else blank(asked.reason or GENERAL_REASON),
            priority=escalation.priority if escalation else GENERAL_PRIORITY,
            why_now=f"{why}, {asked.words}",
            enqueued_at=await work.now(),
            run_id=run.row.id if run else None,
            language=customer.language,
            crisis=asked.crisis,
            owner_id=last.agent_id if last else None,
        )
        return Request(interaction, await _context(work, interaction, customer, asked))

    async def queued(self, work: Work, customer: Customer, request: Request) -> Interaction:
        """Queue it, as `ask` says; the run is with a human from now on."""
        interaction = await expecting(work, request.interaction)
        await desk.ask(work, interaction, customer)
        await work.contexts.add(request.context)
        if interaction.run_id is not None:
            run = await self._runs.own(work, interaction.run_id, customer)
            await self._handover.help_asked(work, run, interaction.channel)
        return interaction


async def _context(work: Work, interaction: Interaction, customer: Customer, asked: Ask) -> Context:
    state = _redacted(asked.app_state, "/app_state")
    actions = _redacted(asked.actions, "/actions")
    return Context(
        interaction_id=interaction.id,
        app_state=convert(state.value, AppState),
        actions=convert(actions.value, tuple[Action, ...]),
        claims=_claims(customer),
        removed=(*state.removed, *actions.removed),
        captured_at=await work.now(),
    )


def _redacted(value: AppState | tuple[Action, ...], place: str) -> Redacted:
    """The redactor reads the value as JSON has it, and does not know where that stood."""
    try:
        found = redact(json.decode(json.encode(value)))
    except TooLarge as error:
        raise TooLarge(place + error.place, error.limit) from None
    return replace(found, removed=tuple(place + one for one in found.removed))


def _claims(customer: Customer) -> tuple[Claim, ...]:
    """What the company's signed token said is verified."""
    given = {"name": customer.name, "language": customer.language, **customer.claims}
    return tuple(
        Claim(name=name, value=value, trust="verified") for name, value in sorted(given.items())
    )


def _plain_reason(asked: Ask) -> str:
    screen = blank(asked.app_state.screen)
    return f"Help on {screen}" if screen else "Help in the app"
