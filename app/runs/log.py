"""A run as one transaction sees it, and what happens to it next.

Every change is one event: the new state, the entry in the conversation's timeline and the
back-end calls that it asks for are stored together.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from app import topics
from app.catalogue import Catalogue
from app.conversation.errors import NotFound
from app.conversation.people import Customer
from app.conversation.timeline import Actor, ActorKind, Entry
from app.ids import new_id
from app.notify import notify
from app.runs import answered_files, knowledge
from app.store.records import ActionJob, RunRow
from app.store.work import Work
from push.notification import NotificationClass
from selfservice import events
from selfservice.definition import Definition
from selfservice.effects import Effect, PerformAction, SendCode, Tell
from selfservice.forgetting import forgets_at
from selfservice.run import step
from selfservice.state import FINAL, State, awaits, expires_at, wakes_at
from selfservice.texts import Catalogues
from selfservice.view import why
from selfservice.wording import failure_phrase, flow_title, step_title, variables

LEASE = timedelta(seconds=30)
"""Beyond its own time-out, a back-end call that nobody finished is taken over after this time."""

KINDS: dict[type[events.Event], str] = {
    events.Started: "flow.started",
    events.Answered: "flow.answered",
    events.Invalid: "flow.invalid",
    events.Acted: "flow.action",
    events.IdentityProved: "flow.proved",
    events.IdentityRefused: "flow.invalid",
    events.HelpAsked: "flow.help",
    events.HandedBack: "flow.handed_back",
    events.Cancelled: "flow.ended",
    events.Expired: "flow.ended",
    events.Reopened: "flow.reopened",
    events.Woke: "flow.woke",
    events.Nudged: "flow.nudged",
    events.Forgot: "flow.forgot",
    events.Migrated: "flow.migrated",
}
"""How the timeline calls what happens to a run."""

_encode = msgspec.json.encode
_state = msgspec.json.Decoder(State).decode


class RunInHand(Struct, frozen=True, kw_only=True):
    """A run with its definition and state."""

    row: RunRow
    definition: Definition
    state: State


class RunLog:
    def __init__(self, catalogue: Catalogue, words: Catalogues, desk: str = "en") -> None:
        """`desk` is the language in which the timeline and the desk speak of runs."""
        self.catalogue = catalogue
        self.texts = words.texts(desk)
        self._words = words

    async def get(self, work: Work, run_id: UUID) -> RunInHand:
        return await self.in_hand(work, await work.runs.get(run_id))

    async def own(self, work: Work, run_id: UUID, customer: Customer) -> RunInHand:
        """The customer's own run; another's is NotFound, as an unknown one is."""
        row = await work.runs.get(run_id)
        if row.customer_id != customer.id:
            raise NotFound("run")
        return await self.in_hand(work, row)

    async def in_hand(self, work: Work, row: RunRow) -> RunInHand:
        definition = await self.catalogue.pinned(work, row.hash)
        return RunInHand(row=row, definition=definition, state=_state(row.state))

    def why(self, run: RunInHand) -> str:
        """One line for an agent: `Activate card, step 2 of 4, digits refused twice`."""
        return why(run.definition, run.state, self.texts)

    async def start(
        self,
        work: Work,
        customer: Customer,
        definition: Definition,
        started: events.Started,
        inputs_key: str,
    ) -> list[ActionJob]:
        """Store a new run; the jobs are the caller's to perform. Raises Stale, see Runs.add."""
        moved = step(definition, None, started)
        row = RunRow(
            id=started.run,
            customer_id=customer.id,
            conversation_id=customer.conversation_id,
            flow=definition.flow,
            hash=definition.version,
            inputs_key=inputs_key,
            state=b"",
            status="",
            updated_at=started.at,
        )
        row = standing(row, definition, moved.state)
        await work.runs.add(row)
        run = RunInHand(row=row, definition=definition, state=moved.state)
        await self._tell(work, run, started, customer_actor(customer))
        await self._learned(work, run, started, before=None)
        return await self._hold(work, run, moved.effects, started.at)

    async def append(
        self, work: Work, run: RunInHand, event: events.Event, actor: Actor
    ) -> tuple[RunInHand, list[ActionJob]]:
        """Move the run by one event; the jobs that it asks for are the caller's to perform.

        Raises selfservice.errors.NotAllowed where the event cannot happen, Stale.
        """
        moved, effects = await self._moved(work, run, event, actor)
        return moved, await self._hold(work, moved, effects, event.at)

    async def append_unattended(
        self, work: Work, run: RunInHand, event: events.Event, actor: Actor
    ) -> None:
        """Move the run by one event where nobody waits for what it asks for: a worker does that."""
        _, effects = await self._moved(work, run, event, actor)
        for effect in _calls(effects):
            await work.action_jobs.add(job_of(run.row.id, effect, event.at))
            work.ring(topics.ACTIONS)

    async def hold(
        self, work: Work, run: RunInHand, effect: PerformAction | SendCode, now: datetime
    ) -> ActionJob:
        """A job that this process holds already: nobody else takes it before the lease is out."""
        timeout_s = effect.timeout_s if isinstance(effect, PerformAction) else 0
        until = now + LEASE + timedelta(seconds=timeout_s)
        job = replace(job_of(run.row.id, effect, now), attempts=1, lease_until=until)
        await work.action_jobs.add(job)
        return job

    async def _hold(
        self, work: Work, run: RunInHand, effects: tuple[Effect, ...], now: datetime
    ) -> list[ActionJob]:
        return [await self.hold(work, run, effect, now) for effect in _calls(effects)]

    async def _moved(
        self, work: Work, run: RunInHand, event: events.Event, actor: Actor
    ) -> tuple[RunInHand, tuple[Effect, ...]]:
        moved = step(run.definition, run.state, event)
        row = replace(standing(run.row, run.definition, moved.state), updated_at=event.at)
        saved = replace(run, row=await work.runs.save(row), state=moved.state)
        await answered_files.keep(work, row, run.state, moved.state)
        await self._tell(work, saved, event, actor)
        await self._learned(work, saved, event, before=run.state.step)
        for effect in moved.effects:
            if isinstance(effect, Tell):
                await self.tell_customer(work, saved, effect.text)
        return saved, moved.effects

    async def tell_customer(self, work: Work, run: RunInHand, text: str) -> None:
        """A text of the flow on the customer's devices, in their language, with the way back."""
        customer = await work.customers.get(run.row.customer_id)
        texts = self._words.texts(customer.language)
        await notify(
            work,
            customer.id,
            run.row.conversation_id,
            NotificationClass.FOLLOWUP,
            title=flow_title(run.definition, texts),
            body=texts.get(text, variables(run.state)),
            link=f"#/run/{run.row.id}",
        )

    async def _learned(
        self, work: Work, run: RunInHand, event: events.Event, before: str | None
    ) -> None:
        """What the event told, then whether the step that it led to asks for what is known."""
        await knowledge.learn(work, run.row, run.definition, run.state, event, self.texts)
        if run.state.step != before:
            await knowledge.count_repeats(work, run.row, run.definition, run.state)

    async def _tell(self, work: Work, run: RunInHand, event: events.Event, actor: Actor) -> None:
        await work.timeline.append(run.row.conversation_id, self.entry(run, event, actor))
        work.ring(topics.conversation(run.row.conversation_id))
        work.ring(topics.me(run.row.customer_id))

    def entry(self, run: RunInHand, event: events.Event, actor: Actor) -> Entry:
        """One entry of the timeline: what people may see, and the event itself, kept private."""
        row, state = run.row, run.state
        told = str(getattr(event, "step", None) or state.step)
        notice = state.notice
        body: dict[str, Any] = {
            "run_id": str(row.id),
            "flow": row.flow,
            "title": flow_title(run.definition, self.texts),
            "step": told,
            "step_title": step_title(run.definition, told, self.texts, state),
            "code": notice.code if notice else None,
            "label": failure_phrase(run.definition, notice, self.texts).capitalize()
            if notice
            else None,
            "status": state.status.value,
        }
        if isinstance(event, events.IdentityProved):
            body |= {"method": event.method, "level": event.level}
        return Entry(
            kind=_kind(event, state),
            actor=actor,
            body=body,
            run_id=row.id,
            private=_encode(event),
        )


def standing(row: RunRow, definition: Definition, state: State) -> RunRow:
    """The row of a run that stands there."""
    return replace(
        row,
        hash=definition.version,
        state=_encode(state),
        status=state.status.value,
        expires_at=expires_at(definition, state),
        wakes_at=wakes_at(definition, state),
        awaits=awaits(definition, state),
        forgets_at=forgets_at(state),
    )


def customer_actor(customer: Customer) -> Actor:
    return Actor(kind=ActorKind.CUSTOMER, id=customer.id, name=customer.name)


def _kind(event: events.Event, state: State) -> str:
    """What the timeline calls it: the end of a run is its end, whatever event it came by."""
    if state.status in FINAL and not isinstance(event, events.Forgot):
        return "flow.ended"
    return KINDS[type(event)]


def _calls(effects: tuple[Effect, ...]) -> list[PerformAction | SendCode]:
    return [effect for effect in effects if isinstance(effect, PerformAction | SendCode)]


def job_of(run_id: UUID, effect: PerformAction | SendCode, now: datetime) -> ActionJob:
    """A call that anybody may take."""
    return ActionJob(id=new_id(), run_id=run_id, effect=_encode(effect), due_at=now)
