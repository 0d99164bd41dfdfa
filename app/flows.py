"""Flow runs between selfservice, which decides, the database and the company's back end.

A change and the back-end calls it asks for are stored in one transaction. The request then
performs the calls itself; should it die, their lease runs out and a worker goes on.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from app import topics
from app.catalogue import Catalogue
from app.conversation.errors import NotFound, Stale
from app.conversation.interaction import Channel, Interaction
from app.conversation.people import Agent, Customer
from app.conversation.timeline import SYSTEM, Actor, ActorKind, Entry
from app.egress import ActionError, ActionOk, ActionUnknown, Egress
from app.ids import new_id
from app.store.records import ActionJob, CodeRow, RunRow
from app.store.work import Store, Work
from app.vault import Vault
from push.notification import Notification, NotificationClass
from selfservice import codes, events
from selfservice.answers import answer as checked
from selfservice.answers import begin
from selfservice.codes import Code, Verdict
from selfservice.definition import Definition, Progress
from selfservice.effects import Effect, Escalate, PerformAction, SendCode
from selfservice.errors import InvalidAnswer, NotAllowed
from selfservice.escalation import escalation
from selfservice.language import StepUp
from selfservice.run import step
from selfservice.screen import Screen, screen
from selfservice.state import FINAL, State, Status, expires_at
from selfservice.texts import Catalogues, Texts
from selfservice.view import RunView, view, why
from selfservice.wording import failure_text, flow_title, step_title, variables

DESK_LOCALE = "en"
"""The language of what agents read."""

LEASE = timedelta(seconds=30)
"""A back-end call that nobody finished is taken over after this time."""

ANSWERED_WITHIN_S = 3.0
"""So long a request waits for the back end; then the app gets a progress screen."""

REFUSAL_CODES: dict[Verdict, Literal["WRONG", "EXPIRED", "USED_UP"]] = {
    Verdict.WRONG: "WRONG",
    Verdict.EXPIRED: "EXPIRED",
    Verdict.USED_UP: "USED_UP",
}

TAKEN_AGAIN = 3
"""Tries of a transaction that another one overtook."""

log = structlog.get_logger()
_encode = msgspec.json.encode
_state = msgspec.json.Decoder(State).decode
_effect = msgspec.json.Decoder(PerformAction | SendCode).decode
_code = msgspec.json.Decoder(Code).decode


class StaleRun(Exception):
    """The answer was given to a screen that is not the present one; carries the present one."""

    def __init__(self, screen: Screen) -> None:
        super().__init__("the run went on elsewhere")
        self.screen = screen


class AnswerRefused(Exception):
    """Values that do not fit their fields; carries a sentence for each, never the values."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("see errors")
        self.errors = errors


class InputsRefused(AnswerRefused):
    """What the app passed to start a flow does not fit it."""


class RunSummary(Struct, frozen=True, kw_only=True):
    id: UUID
    flow: str
    title: str
    status: Status
    step_title: str
    progress: Progress | None
    updated_at: datetime


class FlowSummary(Struct, frozen=True, kw_only=True):
    flow: str
    title: str
    summary: str


class RunInHand(Struct, frozen=True, kw_only=True):
    """A run with its definition and state, as one transaction sees it."""

    row: RunRow
    definition: Definition
    state: State
    why: str


class Flows:
    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        words: Catalogues,
        vault: Vault,
        egress: Egress,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._words = words
        self._texts: Texts = words.texts(DESK_LOCALE)
        self._vault = vault
        self._egress = egress
        self._performing: set[asyncio.Task[None]] = set()

    # --- what the customer does -------------------------------------------------------------

    def offered(self) -> list[FlowSummary]:
        """The flows a customer can start."""
        return [
            FlowSummary(
                flow=one.flow,
                title=flow_title(one, self._texts),
                summary=self._texts.find(one.head.title, attribute="summary") or "",
            )
            for one in self._catalogue.all_newest()
        ]

    async def start(self, customer: Customer, flow: str, inputs: dict[str, Any]) -> Screen:
        """Start a run, or go on with the one that is open for the same inputs."""
        definition = self._catalogue.newest(flow)
        if definition is None:
            raise NotFound("flow")
        inputs_key = _encode(inputs, order="sorted").decode()
        async with self._store.write() as work:
            row = await work.runs.open_of(customer.id, flow, inputs_key)
            if row is None:
                now = await work.now()
                actor = events.Actor(kind="customer", id=str(customer.id))
                try:
                    started = begin(definition, new_id(), inputs, now, actor)
                except InvalidAnswer as error:
                    raise InputsRefused(self._field_texts(customer, error)) from None
                jobs = await self._start(work, customer, definition, started, inputs_key)
                run_id = started.run
            else:
                run_id, jobs = row.id, []
        await self._perform_soon(jobs)
        return await self.screen(customer, run_id)

    async def screen(self, customer: Customer, run_id: UUID) -> Screen:
        """The screen of the present step; NotFound for somebody else's run."""
        async with self._store.read() as work:
            return await self._screen(work, await self.own(work, run_id, customer))

    async def answer(
        self, customer: Customer, run_id: UUID, rev: int, step_name: str, values: Mapping[str, Any]
    ) -> Screen:
        """Answer the present step.

        Raises StaleRun with the present screen, AnswerRefused with a sentence per field.
        """
        refused: AnswerRefused | None = None
        async with self._store.write() as work:
            run = await self.own(work, run_id, customer)
            if run.state.rev != rev or run.state.step != step_name:
                raise StaleRun(await self._screen(work, run))
            actor = events.Actor(kind="customer", id=str(customer.id))
            try:
                event = await self._event_for(work, run, values, actor)
            except InvalidAnswer as error:
                refused = AnswerRefused(self._field_texts(customer, error))
                event = events.Invalid(
                    at=await work.now(), actor=actor, step=step_name, fields=tuple(error.errors)
                )
            jobs = await self._apply(work, run, event, _customer(customer))
        if refused is not None:
            raise refused
        await self._perform_soon(jobs)
        return await self.screen(customer, run_id)

    async def send_code(self, customer: Customer, run_id: UUID) -> None:
        """Send a new one-time code; raises TooSoon within 30 s, NotAllowed without a step-up."""
        async with self._store.write() as work:
            run = await self.own(work, run_id, customer)
            present = run.definition.steps[run.state.step]
            if not isinstance(present, StepUp) or run.state.status in FINAL:
                raise NotAllowed("send_code", run.state.status, run.state.step, "no code is asked")
            previous = await work.codes.get(run_id)
            now = await work.now()
            if previous is not None and now < _code(previous.state).resend_after:
                raise codes.TooSoon(_code(previous.state).resend_after)
            effect = SendCode(run=run_id, step=run.state.step, level=present.stepup.level)
            jobs = [await self._add_job(work, run_id, effect, now)]
        await self._perform_soon(jobs)

    async def cancel(self, customer: Customer, run_id: UUID) -> Screen:
        """Stop the run where the flow allows it."""
        async with self._store.write() as work:
            run = await self.own(work, run_id, customer)
            actor = events.Actor(kind="customer", id=str(customer.id))
            event = events.Cancelled(at=await work.now(), actor=actor)
            jobs = await self._apply(work, run, event, _customer(customer))
        await self._perform_soon(jobs)
        return await self.screen(customer, run_id)

    # --- what happens around a human ----------------------------------------------------------

    async def own(self, work: Work, run_id: UUID, customer: Customer) -> RunInHand:
        """The customer's own run; another's is NotFound, as an unknown one is."""
        row = await work.runs.get(run_id)
        if row.customer_id != customer.id:
            raise NotFound("run")
        return await self._in_hand(work, row)

    async def summaries(self, work: Work, customer: Customer, limit: int) -> list[RunSummary]:
        """The customer's runs, those to go on with first."""
        rows = await work.runs.of_customer(customer.id, limit)
        runs = [await self._in_hand(work, row) for row in rows]
        return sorted((self._summary(run) for run in runs), key=lambda one: one.status in FINAL)

    def escalation(self, run: RunInHand) -> Escalate | None:
        """Which queue would take this run, and how urgently; None where the flow names none."""
        return escalation(run.definition, run.state, run.state.updated_at)

    async def help_asked(self, work: Work, run: RunInHand, channel: Channel) -> None:
        """The help button: the run stays where it is, marked as with a human."""
        if run.state.status in FINAL or run.state.status is Status.WITH_HUMAN:
            return  # over, or the flow itself stopped for a human already
        actor = events.Actor(kind="customer", id=str(run.row.customer_id))
        event = events.HelpAsked(at=await work.now(), actor=actor, channel=channel.value)
        customer = await work.customers.get(run.row.customer_id)
        await self._apply(work, run, event, _customer(customer))

    async def hand_back(
        self, work: Work, interaction: Interaction, agent: Agent, step_name: str | None
    ) -> None:
        """The agent gives the run back; the customer is notified in the same transaction."""
        if interaction.run_id is None:
            raise NotFound("run")
        run = await self._in_hand(work, await work.runs.get(interaction.run_id))
        event = events.HandedBack(
            at=await work.now(),
            actor=events.Actor(kind="agent", id=str(agent.id)),
            step=step_name,
        )
        actor = Actor(kind=ActorKind.AGENT, id=agent.id, name=agent.name)
        await self._apply(work, run, event, actor, held=False)
        await self._follow_up(work, run, agent)

    async def released(self, work: Work, interaction: Interaction) -> None:
        """The human is gone: a run that was left with them goes back to the customer."""
        if interaction.run_id is None:
            return
        run = await self._in_hand(work, await work.runs.get(interaction.run_id))
        if run.state.status is not Status.WITH_HUMAN:
            return
        event = events.HandedBack(at=await work.now(), actor=events.Actor(kind="system"))
        await self._apply(work, run, event, SYSTEM, held=False)

    async def view_of(self, work: Work, interaction: Interaction) -> RunView | None:
        """The interaction's run as an agent may see it."""
        if interaction.run_id is None:
            return None
        run = await self._in_hand(work, await work.runs.get(interaction.run_id))
        return view(run.definition, run.state, self._texts)

    # --- back-end calls -----------------------------------------------------------------------

    async def perform(self, job: ActionJob) -> None:
        """Carry out one stored effect and move the run on by its outcome."""
        effect = _effect(job.effect)
        if isinstance(effect, SendCode):
            await self._send(job, effect)
            return
        event = await self._acted(job, effect)
        for _ in range(TAKEN_AGAIN):
            try:
                await self._record(job, event)
            except Stale:
                continue
            return

    async def _acted(self, job: ActionJob, effect: PerformAction) -> events.Acted:
        async with self._store.read() as work:
            row = await work.runs.get(job.run_id)
            customer = await work.customers.get(row.customer_id)
            now = await work.now()
        acted = events.Acted(
            at=now,
            actor=events.Actor(kind="system"),
            step=effect.step,
            visit=effect.visit,
            check=effect.check,
            outcome="unknown",
            code="INTERRUPTED",
        )
        if effect.effect == "write" and job.attempts > 1:
            # A server died over this write; whether the bank got it nobody knows. Never blindly
            # again: the flow's on_unknown decides.
            return acted
        opened = {name: self._vault.open(one.token) for name, one in effect.sealed.items()}
        done = await self._egress.call_action(
            effect.name,
            {**effect.input, **opened},
            customer=customer.subject,
            run_id=job.run_id,
            key=effect.key if effect.effect == "write" else None,
            timeout_s=effect.timeout_s,
        )
        match done:
            case ActionOk(result=result):
                return replace(acted, outcome="ok", result=result, code=None)
            case ActionError():
                return replace(acted, outcome="error", code=None)
            case ActionUnknown():
                return replace(acted, outcome="unknown", code=None)

    async def _record(self, job: ActionJob, event: events.Acted) -> None:
        async with self._store.write() as work:
            run = await self._in_hand(work, await work.runs.get(job.run_id))
            try:
                jobs = await self._apply(work, run, event, SYSTEM)
            except NotAllowed as overtaken:
                log.info("action.overtaken", run_id=str(job.run_id), reason=overtaken.reason)
                jobs = []
            await work.action_jobs.done(job.id)
        for following in jobs:
            await self.perform(following)

    async def _send(self, job: ActionJob, effect: SendCode) -> None:
        """Make the code, store its hash, then have the company send it; never the other way."""
        purpose = f"{effect.run}/{effect.step}"
        async with self._store.write() as work:
            row = await work.runs.get(effect.run)
            customer = await work.customers.get(row.customer_id)
            digits, code = codes.new_code(
                self._vault.code_key, purpose, await work.now(), previous=None
            )
            await work.codes.put(CodeRow(run_id=effect.run, state=_encode(code)))
            run = await self._in_hand(work, row)
        title = flow_title(run.definition, self._words.texts(customer.language))
        await self._egress.send_code(customer.subject, digits, title)
        async with self._store.write() as work:
            await work.action_jobs.done(job.id)

    async def _perform_soon(self, jobs: list[ActionJob]) -> None:
        """Perform, but let the customer go after ANSWERED_WITHIN_S with a progress screen."""
        if not jobs:
            return
        await asyncio.wait(self._perform_later(jobs), timeout=ANSWERED_WITHIN_S)

    def _perform_later(self, jobs: list[ActionJob]) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._guarded(job)) for job in jobs]
        self._performing.update(tasks)
        for task in tasks:
            task.add_done_callback(self._performing.discard)
        return tasks

    async def _guarded(self, job: ActionJob) -> None:
        try:
            await self.perform(job)
        except Exception:  # the job keeps its lease: a worker takes it over when that is out
            log.exception("action.failed", run_id=str(job.run_id))

    async def close(self) -> None:
        """Wait for the calls that are on their way."""
        await asyncio.gather(*self._performing, return_exceptions=True)

    # --- inside one transaction ---------------------------------------------------------------

    async def _event_for(
        self, work: Work, run: RunInHand, values: Mapping[str, Any], actor: events.Actor
    ) -> events.Event:
        now = await work.now()
        present = run.definition.steps[run.state.step]
        if isinstance(present, StepUp):
            return await self._entered(work, run, present, str(values.get("code", "")), actor)
        return checked(
            run.definition, run.state, run.state.step, values, self._vault.seal, now, actor
        )

    async def _entered(
        self, work: Work, run: RunInHand, present: StepUp, entered: str, actor: events.Actor
    ) -> events.Event:
        now = await work.now()
        row = await work.codes.get(run.row.id)
        if row is None:
            return events.IdentityRefused(at=now, actor=actor, step=run.state.step, code="EXPIRED")
        verdict, code = codes.enter(self._vault.code_key, _code(row.state), entered, now)
        await work.codes.put(CodeRow(run_id=run.row.id, state=_encode(code)))
        if verdict is Verdict.RIGHT:
            return events.IdentityProved(
                at=now,
                actor=actor,
                step=run.state.step,
                level=present.stepup.level,
                method="otp_host",
            )
        return events.IdentityRefused(
            at=now, actor=actor, step=run.state.step, code=REFUSAL_CODES[verdict]
        )

    async def _start(
        self,
        work: Work,
        customer: Customer,
        definition: Definition,
        started: events.Started,
        inputs_key: str,
    ) -> list[ActionJob]:
        moved = step(definition, None, started)
        row = RunRow(
            id=started.run,
            customer_id=customer.id,
            conversation_id=customer.conversation_id,
            flow=definition.flow,
            hash=definition.version,
            inputs_key=inputs_key,
            state=_encode(moved.state),
            status=moved.state.status.value,
            updated_at=started.at,
            expires_at=expires_at(definition, moved.state),
        )
        await work.runs.add(row)
        await self._tell(work, row, definition, moved.state, started, _customer(customer))
        return await self._add_jobs(work, row.id, moved.effects, started.at)

    async def _apply(
        self, work: Work, run: RunInHand, event: events.Event, actor: Actor, *, held: bool = True
    ) -> list[ActionJob]:
        """Move the run by one event, store both, and the calls that it asks for.

        Whoever holds the calls performs them after the commit; those not held are left to the
        worker, which hears of them then.
        """
        moved = step(run.definition, run.state, event)
        row = replace(
            run.row,
            state=_encode(moved.state),
            status=moved.state.status.value,
            updated_at=event.at,
            expires_at=expires_at(run.definition, moved.state),
        )
        await work.runs.save(row)
        await self._tell(work, row, run.definition, moved.state, event, actor)
        return await self._add_jobs(work, row.id, moved.effects, event.at, held=held)

    async def _tell(
        self,
        work: Work,
        row: RunRow,
        definition: Definition,
        state: State,
        event: events.Event,
        actor: Actor,
    ) -> None:
        """One event of the timeline: what people may see, and the event itself, kept private."""
        told = str(getattr(event, "step", None) or state.step)
        body = {
            "run_id": str(row.id),
            "flow": row.flow,
            "title": flow_title(definition, self._texts),
            "step": told,
            "step_title": step_title(definition, told, self._texts, variables(state)),
            "code": state.notice.code if state.notice else None,
            "label": failure_text(definition, state.notice, self._texts, state)
            if state.notice
            else None,
            "status": state.status.value,
        }
        kind = f"flow.{_kind_of(event)}"
        entry = Entry(kind=kind, actor=actor, body=body, run_id=row.id, private=_encode(event))
        await work.timeline.append(row.conversation_id, entry)
        work.ring(topics.conversation(row.conversation_id))
        work.ring(topics.me(row.customer_id))

    async def _follow_up(self, work: Work, run: RunInHand, agent: Agent) -> None:
        """Tell the phone, also when the app is closed, that the customer can go on alone."""
        notification = Notification(
            id=new_id(),
            customer_id=run.row.customer_id,
            class_=NotificationClass.FOLLOWUP,
            title=flow_title(run.definition, self._texts),
            body=f"Done together with {agent.name}. You can go on alone where you stopped.",
            link=f"#/run/{run.row.id}",
            created_at=await work.now(),
        )
        await work.notifications.add(notification)
        body = {"notification_id": str(notification.id), "title": notification.title}
        entry = Entry(kind="notification.sent", actor=SYSTEM, body=body)
        await work.timeline.append(run.row.conversation_id, entry)
        work.ring(topics.DELIVERIES)

    async def _add_jobs(
        self,
        work: Work,
        run_id: UUID,
        effects: tuple[Effect, ...],
        now: datetime,
        *,
        held: bool = True,
    ) -> list[ActionJob]:
        return [
            await self._add_job(work, run_id, effect, now, held=held)
            for effect in effects
            if isinstance(effect, PerformAction | SendCode)
        ]

    async def _add_job(
        self,
        work: Work,
        run_id: UUID,
        effect: PerformAction | SendCode,
        now: datetime,
        *,
        held: bool = True,
    ) -> ActionJob:
        """A job that this process holds already, or one for the worker to take at once."""
        job = ActionJob(
            id=new_id(),
            run_id=run_id,
            effect=_encode(effect),
            due_at=now,
            attempts=1 if held else 0,
            lease_until=now + LEASE if held else None,
        )
        await work.action_jobs.add(job)
        if not held:
            work.ring(topics.ACTIONS)
        return job

    async def _in_hand(self, work: Work, row: RunRow) -> RunInHand:
        definition = await self._catalogue.pinned(work, row.hash)
        state = _state(row.state)
        return RunInHand(
            row=row,
            definition=definition,
            state=state,
            why=why(definition, state, self._texts),
        )

    def _field_texts(self, customer: Customer, refused: InvalidAnswer) -> dict[str, str]:
        texts = self._words.texts(customer.language)
        return {name: texts.get(one.key, one.values) for name, one in refused.errors.items()}

    async def _screen(self, work: Work, run: RunInHand) -> Screen:
        row = await work.codes.get(run.row.id)
        resend_after = _code(row.state).resend_after if row else None
        customer = await work.customers.get(run.row.customer_id)
        texts = self._words.texts(customer.language)
        return screen(run.definition, run.state, texts, await work.now(), resend_after)

    def _summary(self, run: RunInHand) -> RunSummary:
        seen = view(run.definition, run.state, self._texts)
        return RunSummary(
            id=run.row.id,
            flow=run.row.flow,
            title=seen.title,
            status=run.state.status,
            step_title=seen.step_title,
            progress=seen.progress,
            updated_at=run.row.updated_at,
        )


def _customer(customer: Customer) -> Actor:
    return Actor(kind=ActorKind.CUSTOMER, id=customer.id, name=customer.name)


def _kind_of(event: events.Event) -> str:
    return str(event.__struct_config__.tag)
