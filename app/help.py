"""Asking for a human: the run is marked, the context redacted and attached, the queue chosen."""

from typing import Any
from uuid import UUID

from msgspec import Struct, convert, json

from app.conversation import desk
from app.conversation.context import Action, AppState, Claim, Context
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Customer
from app.conversation.redaction import redact
from app.flows import Flows, RunInHand
from app.ids import new_id
from app.store.work import Work

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
    app_state: AppState
    actions: tuple[Action, ...]


class Help:
    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def queue_for(self, run: RunInHand | None) -> str:
        """The queue that would take this run; the general one without a run."""
        escalation = self._flows.escalation(run) if run else None
        return escalation.queue if escalation else GENERAL_QUEUE

    async def ask(self, work: Work, customer: Customer, asked: Ask) -> Interaction:
        """Queue an interaction with everything attached, in one transaction.

        Raises AlreadyOpen where one waits or is live, NotFound for somebody else's run,
        TooLarge for a context beyond 256 KiB.
        """
        run = await self._flows.own(work, asked.run_id, customer) if asked.run_id else None
        escalation = self._flows.escalation(run) if run else None
        why = run.why if run else _plain_reason(asked)
        interaction = Interaction(
            id=new_id(),
            conversation_id=customer.conversation_id,
            customer_id=customer.id,
            state=State.QUEUED,
            channel=asked.channel,
            queue=escalation.queue if escalation else GENERAL_QUEUE,
            reason=escalation.reason if escalation else (asked.reason or GENERAL_REASON),
            priority=escalation.priority if escalation else GENERAL_PRIORITY,
            why_now=f"{why}, {CHANNEL_WORDS[asked.channel]}",
            enqueued_at=await work.now(),
            run_id=run.row.id if run else None,
        )
        await desk.ask(work, interaction, customer)
        await work.contexts.add(await _context(work, interaction, customer, asked))
        if run is not None:
            await self._flows.help_asked(work, run, asked.channel)
        return interaction


async def _context(work: Work, interaction: Interaction, customer: Customer, asked: Ask) -> Context:
    state = redact(_plain(asked.app_state))
    actions = redact(_plain(asked.actions))
    return Context(
        interaction_id=interaction.id,
        app_state=convert(state.value, AppState),
        actions=convert(actions.value, tuple[Action, ...]),
        claims=_claims(customer),
        removed=(*state.removed, *actions.removed),
        captured_at=await work.now(),
    )


def _plain(value: AppState | tuple[Action, ...]) -> Any:
    """The value as JSON has it, which is what the redactor reads."""
    return json.decode(json.encode(value))


def _claims(customer: Customer) -> tuple[Claim, ...]:
    """What the company's signed token said is verified."""
    given = {"name": customer.name, "language": customer.language, **customer.claims}
    return tuple(
        Claim(name=name, value=value, trust="verified") for name, value in sorted(given.items())
    )


def _plain_reason(asked: Ask) -> str:
    screen = asked.app_state.screen
    return f"Help on {screen}" if screen else "Help in the app"
