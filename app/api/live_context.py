"""What the customer's app shows at the moment, passed on to the agent while they talk.

Changes are whispers: they may be lost. Where something happened (a step, a failure, an agent
accepted) the whole is kept, so that an agent who comes later, or missed a whisper, sees it.
"""

import asyncio
from uuid import UUID

from app import topics
from app.api import frames
from app.auth.allowance import Allowance
from app.conversation import desk
from app.conversation.capsule import Capsule, change, changed
from app.conversation.context import Context, claims_of
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.interaction import Interaction
from app.conversation.people import Customer
from app.conversation.timeline import SYSTEM, Audience, Entry, Event
from app.retry import retried
from app.store.work import Store, Work

AT_ONCE, EVERY_S = 2, 0.5
"""Changes of one page: two at once, then one every so many seconds."""

LARGEST = 8 * 1024
"""Bytes of one change."""

WHISPERED = 4 * 1024
"""What is larger does not fit a bell between processes: it is kept, and read from there."""

REASONS = {
    "interaction.accepted": "accept",
    "interaction.transferred": "accept",
    "interaction.taken_over": "accept",
    "participant.joined": "accept",
    "flow.started": "step",
    "flow.answered": "step",
    "flow.handed_back": "step",
    "flow.action": "step",
    "flow.invalid": "failure",
}
"""Event -> what a snapshot is kept for."""

OVER = frozenset({"interaction.ended", "interaction.cancelled", "help.asked"})


class LiveContext:
    """Of one page of a customer."""

    def __init__(self, store: Store, customer: Customer) -> None:
        self._store = store
        self._customer = customer
        self._allowance = Allowance(AT_ONCE, EVERY_S)
        self.interaction: UUID | None = None  # whose agents may see it
        self._capsule = Capsule()
        self._unkept = False
        self._due: str | None = None

    async def take(self, frame: frames.Context) -> frames.ContextFrame | None:
        """What the agents get of it; None where they read it from what was kept.

        Raises TooOften, NotAllowed while nobody may see the app, TooLarge, BadChange.
        """
        self._allowance.take("")
        if self.interaction is None:
            self.interaction = await self._shared_with()
        new = await asyncio.to_thread(change, frame.patch, frame.actions, whole=frame.whole)
        self._capsule, self._unkept = changed(self._capsule, new), True
        told = frames.ContextFrame(
            conversation_id=self._customer.conversation_id,
            whole=new.whole,
            patch=new.patch,
            actions=new.actions,
        )
        fits = len(frames.encode(told)) <= WHISPERED
        if self._due or not fits:
            await self.keep(self._due or "change")
        return told if fits else None

    def happened(self, event: Event) -> None:
        """Something that a snapshot is kept for: with the next change, or before long."""
        if self._is_over(event):
            self.interaction, self._capsule, self._unkept = None, Capsule(), False
        elif event.kind in REASONS:
            failed = event.kind == "flow.action" and event.body.get("code")
            self._due = "failure" if failed else REASONS[event.kind]

    def _is_over(self, event: Event) -> bool:
        if self.interaction is None or event.kind not in OVER:
            return False
        mine = event.body.get("interaction_id") == str(self.interaction)
        return mine is not (event.kind == "help.asked")  # another one was asked for

    async def keep_at_once(self) -> None:
        """An agent who has just accepted is about to look."""
        if self._due == "accept":
            await self.keep_due()

    async def keep_due(self) -> None:
        """Keep what nothing followed on."""
        if self._due and self._unkept:
            await self.keep(self._due)

    @retried
    async def keep(self, reason: str) -> None:
        """A snapshot, as long as the interaction is open."""
        self._due, self._unkept = None, False
        async with self._store.write() as work:
            interaction = await desk.open_of(work, self._customer.id)
            if interaction is None or interaction.id != self.interaction:
                return
            await work.contexts.add(
                Context(
                    interaction_id=interaction.id,
                    app_state=self._capsule.app_state,
                    actions=self._capsule.actions,
                    claims=claims_of(self._customer),
                    removed=self._capsule.removed,
                    captured_at=await work.now(),
                    reason=reason,
                )
            )
            body = {"interaction_id": str(interaction.id), "reason": reason}
            entry = Entry(
                kind="context.captured", actor=SYSTEM, body=body, audience=Audience.AGENTS
            )
            await work.timeline.append(interaction.conversation_id, entry)
            work.ring(topics.conversation(interaction.conversation_id))

    async def _shared_with(self) -> UUID:
        """The open interaction whose agent may see the app."""
        async with self._store.read() as work:
            interaction = await desk.open_of(work, self._customer.id)
            if interaction is None:
                raise NotAllowed("share the app", "nobody is asked for help")
            if not await _is_shared(work, interaction):
                raise NotAllowed("share the app", "the customer keeps it private")
            return interaction.id


async def _is_shared(work: Work, interaction: Interaction) -> bool:
    try:
        return (await work.contexts.of(interaction.id)).shared
    except NotFound:
        return False
