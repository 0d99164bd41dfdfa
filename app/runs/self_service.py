"""What a customer does alone: start a flow, answer its steps, stop, come back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from app.auth.anonymous import must_be_unlinked
from app.conversation.errors import NotFound, SignInForThis
from app.conversation.people import Customer
from app.ids import new_id
from app.kept import Once
from app.passkeys.relying_party import RelyingParty
from app.runs import answered_files, knowledge, one_time_code, passkey_step
from app.runs.back_end import BackEnd
from app.runs.client import PASSKEY, Client
from app.runs.errors import AnswerRefused, InputsRefused, StaleRun
from app.runs.log import RunInHand, RunLog, customer_actor
from app.store.records import ActionJob, Proof
from app.store.work import Store, Work
from app.telemetry import count
from app.vault import Vault
from selfservice import answers, codes, events, uploaded
from selfservice.asked import fields_asked
from selfservice.definition import Progress
from selfservice.downgrade import drawable
from selfservice.effects import SendCode
from selfservice.errors import InvalidAnswer, NotAllowed
from selfservice.language import StepUp
from selfservice.plain import Meant, Unclear, Values, Wished, as_text, read_text
from selfservice.replaying import changeable
from selfservice.screen import Screen, screen
from selfservice.state import FINAL, Status, blocking
from selfservice.texts import Catalogues, Texts
from selfservice.view import view
from selfservice.waking import returned
from selfservice.wording import flow_title


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


class Answered(Struct, frozen=True):
    """What is kept of an answer that was given."""

    errors: dict[str, str]
    screen: Screen | None = None
    """None: the back end was asked, and the screen shows what came of it."""


Outcome = Literal["shown", "answered", "refused", "back", "cancelled", "help", "unclear"]


class Said(Struct, frozen=True, kw_only=True):
    """What became of words that somebody wrote to a run."""

    outcome: Outcome
    told: list[str] = []


class ByText(Struct, frozen=True, kw_only=True):
    """A run in words: what is said to the customer, and how it stands.

    `help`: the app asks for a human (`askForHelp`). `refused` and `unclear`: `text` says why, and
    asks again.
    """

    run_id: UUID
    rev: int
    step: str
    outcome: Outcome
    text: str


class SelfService:
    def __init__(
        self,
        store: Store,
        runs: RunLog,
        words: Catalogues,
        vault: Vault,
        back_end: BackEnd,
        party: RelyingParty,
    ) -> None:
        self._store = store
        self._runs = runs
        self._words = words
        self._vault = vault
        self._back_end = back_end
        self._party = party

    def offered(self, customer: Customer) -> list[FlowSummary]:
        """The flows a customer can start."""
        texts = self._texts(customer)
        return [
            FlowSummary(
                flow=one.flow,
                title=flow_title(one, texts),
                summary=texts.find(one.head.title, attribute="summary") or "",
            )
            for one in self._runs.catalogue.all_live()
            if one.head.anonymous or not customer.anonymous
        ]

    async def summaries(self, work: Work, customer: Customer, limit: int) -> list[RunSummary]:
        """The customer's runs, those to go on with first."""
        rows = await work.runs.of_customer(customer.id, limit)
        texts = self._texts(customer)
        found = [_summary(await self._runs.in_hand(work, row), texts) for row in rows]
        return sorted(found, key=lambda one: one.status in FINAL)

    async def start(
        self, once: Once, customer: Customer, client: Client, flow: str, inputs: dict[str, Any]
    ) -> Screen:
        """Start a run, or go on with the one that is open for the same inputs.

        Raises NotFound for an unknown flow, SignInForThis for one that is not for somebody
        anonymous, InputsRefused with a sentence per input.
        """
        jobs: list[ActionJob] = []

        async def act(work: Work) -> UUID:
            run_id, jobs[:] = await self._started(work, customer, flow, inputs)
            return run_id

        run_id = await once(act, UUID)
        await self._back_end.perform_soon(jobs)
        return await self.screen(customer, client, run_id)

    async def screen(self, customer: Customer, client: Client, run_id: UUID) -> Screen:
        """The screen of the present step; NotFound for somebody else's run."""
        async with self._store.read() as work:
            run = await self._runs.own(work, run_id, customer)
            return await self._screen(work, run, customer, client)

    async def answer(
        self,
        once: Once,
        customer: Customer,
        client: Client,
        run_id: UUID,
        rev: int,
        step: str,
        values: Mapping[str, Any],
    ) -> Screen:
        """Answer the present step.

        Raises StaleRun with the present screen, AnswerRefused with a sentence per field. A refused
        answer is an event of the run too, so it is committed like an accepted one. Where the answer
        asks nothing of the back end, its repeat gets the very screen that it got.
        """
        jobs: list[ActionJob] = []

        async def act(work: Work) -> Answered:
            run = await self._runs.own(work, run_id, customer)
            if run.state.rev != rev or run.state.step != step:
                raise StaleRun(await self._screen(work, run, customer, client))
            errors, event = await self._event_for(work, run, values, customer)
            if isinstance(event, events.IdentityProved):
                await work.sign_ins.proved(client.sign_in, Proof(level=event.level, at=event.at))
            run, jobs[:] = await self._runs.append(work, run, event, customer_actor(customer))
            told = errors or jobs
            return Answered(
                errors, None if told else await self._screen(work, run, customer, client)
            )

        answered = await once(act, Answered)
        if answered.errors:
            raise AnswerRefused(answered.errors)
        await self._back_end.perform_soon(jobs)
        return answered.screen or await self.screen(customer, client, run_id)

    async def passkey_options(self, work: Work, customer: Customer, run_id: UUID) -> dict[str, Any]:
        """What a passkey must sign at the present step; raises NotAllowed where none can."""
        run = await self._runs.own(work, run_id, customer)
        return await passkey_step.options(work, self._party, run, customer)

    async def by_text(
        self,
        once: Once,
        customer: Customer,
        client: Client,
        run_id: UUID,
        rev: int,
        text: str,
        files: Sequence[UUID],
    ) -> ByText:
        """Go on with a run in words; what cannot be meant changes nothing and is told.

        Raises StaleRun with the present screen, NotAllowed where the run cannot be stopped.
        """
        jobs: list[ActionJob] = []

        async def act(work: Work) -> Said:
            run = await self._runs.own(work, run_id, customer)
            if run.state.rev != rev:
                raise StaleRun(await self._screen(work, run, customer, client))
            shown = await self._screen(work, run, customer, _in_words(client))
            ids = [str(one) for one in files]
            meant = read_text(shown, text, self._texts(customer), ids)
            said, event = await self._meant(work, run, meant, customer)
            if isinstance(event, events.IdentityProved):
                await work.sign_ins.proved(client.sign_in, Proof(level=event.level, at=event.at))
            if event is not None:
                _, jobs[:] = await self._runs.append(work, run, event, customer_actor(customer))
            return said

        said = await once(act, Said)
        await self._back_end.perform_soon(jobs)
        return await self._as_text(customer, client, run_id, said)

    async def as_text(self, customer: Customer, client: Client, run_id: UUID) -> ByText:
        """The present screen in words; NotFound for somebody else's run."""
        return await self._as_text(customer, client, run_id, Said(outcome="shown"))

    async def _as_text(
        self, customer: Customer, client: Client, run_id: UUID, said: Said
    ) -> ByText:
        shown = await self.screen(customer, _in_words(client), run_id)
        texts = self._texts(customer)
        told = [*said.told, "" if said.outcome == "help" else as_text(shown, texts)]
        return ByText(
            run_id=run_id,
            rev=shown.rev,
            step=shown.step,
            outcome=said.outcome,
            text="\n\n".join(filter(None, told)),
        )

    async def _meant(
        self, work: Work, run: RunInHand, meant: Meant, customer: Customer
    ) -> tuple[Said, events.Event | None]:
        """What is said to it, and what happens to the run."""
        texts, now, actor = self._texts(customer), await work.now(), _actor(customer)
        match meant:
            case Wished("back"):
                target = next(iter(changeable(run.definition, run.state)), "")
                return Said(outcome="back"), events.Reopened(at=now, actor=actor, step=target)
            case Wished("cancel"):
                return Said(outcome="cancelled"), events.Cancelled(at=now, actor=actor)
            case Wished():
                return Said(outcome="help", told=[texts.get("t:plain.help_asked")]), None
            case Unclear():
                return Said(outcome="unclear", told=[texts.get("t:plain.unclear")]), None
            case Values(values):
                errors, event = await self._event_for(work, run, values, customer)
                outcome: Outcome = "refused" if errors else "answered"
                return Said(outcome=outcome, told=list(dict.fromkeys(errors.values()))), event

    async def send_code(self, once: Once, customer: Customer, run_id: UUID) -> None:
        """Send a new one-time code; raises TooSoon within 30 s, NotAllowed without a step-up."""
        jobs: list[ActionJob] = []

        async def act(work: Work) -> None:
            jobs[:] = [await self._code_wanted(work, customer, run_id)]

        await once(act, NoneType)
        await self._back_end.perform_soon(jobs)

    async def reopen(
        self,
        once: Once,
        customer: Customer,
        client: Client,
        run_id: UUID,
        rev: int,
        step: str | None,
    ) -> Screen:
        """Go back to an earlier step, or to the one before; what still fits is not asked again.

        Raises StaleRun with the present screen, NotAllowed where the run cannot go back there.
        """
        jobs: list[ActionJob] = []

        async def act(work: Work) -> None:
            run = await self._runs.own(work, run_id, customer)
            if run.state.rev != rev:
                raise StaleRun(await self._screen(work, run, customer, client))
            target = step or next(iter(changeable(run.definition, run.state)), "")
            event = events.Reopened(at=await work.now(), actor=_actor(customer), step=target)
            _, jobs[:] = await self._runs.append(work, run, event, customer_actor(customer))

        await once(act, NoneType)
        await self._back_end.perform_soon(jobs)
        return await self.screen(customer, client, run_id)

    async def resume(self, once: Once, customer: Customer, client: Client, run_id: UUID) -> Screen:
        """The customer opens a run again.

        A wait for just that is over, and reads whose results are too old by now are made again.
        """
        jobs: list[ActionJob] = []

        async def act(work: Work) -> None:
            run = await self._runs.own(work, run_id, customer)
            event = returned(run.definition, run.state, await work.now(), _actor(customer))
            if event is not None:
                _, jobs[:] = await self._runs.append(work, run, event, customer_actor(customer))

        await once(act, NoneType)
        await self._back_end.perform_soon(jobs)
        return await self.screen(customer, client, run_id)

    async def cancel(
        self, once: Once, customer: Customer, client: Client, run_id: UUID, rev: int | None
    ) -> Screen:
        """Stop the run where the flow allows it; raises NotAllowed, StaleRun for another rev."""
        jobs: list[ActionJob] = []

        async def act(work: Work) -> None:
            run = await self._runs.own(work, run_id, customer)
            if rev not in {None, run.state.rev}:
                raise StaleRun(await self._screen(work, run, customer, client))
            event = events.Cancelled(at=await work.now(), actor=_actor(customer))
            _, jobs[:] = await self._runs.append(work, run, event, customer_actor(customer))

        await once(act, NoneType)
        await self._back_end.perform_soon(jobs)
        return await self.screen(customer, client, run_id)

    async def _started(
        self, work: Work, customer: Customer, flow: str, inputs: dict[str, Any]
    ) -> tuple[UUID, list[ActionJob]]:
        definition = self._runs.catalogue.live(flow)
        if definition is None:
            raise NotFound("flow")
        if customer.anonymous and not definition.head.anonymous:
            raise SignInForThis("this flow")
        inputs_key = msgspec.json.encode(inputs, order="sorted").decode()
        await must_be_unlinked(work, customer)
        if row := await work.runs.open_of(customer.id, flow, inputs_key):
            return row.id, []
        try:
            started = answers.begin(
                definition, new_id(), inputs, await work.now(), _actor(customer)
            )
        except InvalidAnswer as error:
            raise InputsRefused(self._sentences(customer, error)) from None
        jobs = await self._runs.start(work, customer, definition, started, inputs_key)
        return started.run, jobs

    async def _event_for(
        self, work: Work, run: RunInHand, values: Mapping[str, Any], customer: Customer
    ) -> tuple[dict[str, str], events.Event]:
        now, actor, step = await work.now(), _actor(customer), run.state.step
        present = blocking(run.definition, run.state)
        try:
            if isinstance(present, StepUp):
                return {}, await self._proof(work, run, present, values, customer)
            seal = self._vault.seal
            files = await self._files(work, run, values)
            return {}, answers.answer(
                run.definition, run.state, step, values, seal, now, actor, files
            )
        except InvalidAnswer as error:
            fields = tuple(error.errors)
            codes = tuple(one.code for one in error.errors.values())
            invalid = events.Invalid(at=now, actor=actor, step=step, fields=fields, codes=codes)
            return self._sentences(customer, error), invalid

    async def _proof(
        self,
        work: Work,
        run: RunInHand,
        present: StepUp,
        values: Mapping[str, Any],
        customer: Customer,
    ) -> events.IdentityProved | events.IdentityRefused:
        """By what the answer holds; raises InvalidAnswer where it can be no proof."""
        actor, step = _actor(customer), run.state.step
        if passkey_step.FIELD in values and passkey_step.is_asked(run):
            said = passkey_step.read(step, values)
            return await passkey_step.entered(
                work, self._party, run, present, customer, said, actor
            )
        digits = one_time_code.read(step, values)
        key = self._vault.code_key
        return await one_time_code.entered(work, run, present, digits, key, actor)

    async def _files(
        self, work: Work, run: RunInHand, values: Mapping[str, Any]
    ) -> dict[str, uploaded.File]:
        """Those of the customer's own that the values name."""
        ids = uploaded.named(fields_asked(run.definition, run.state), values)
        return await answered_files.own(work, run.row, run.state, ids)

    async def _code_wanted(self, work: Work, customer: Customer, run_id: UUID) -> ActionJob:
        run = await self._runs.own(work, run_id, customer)
        present = blocking(run.definition, run.state)
        if not isinstance(present, StepUp):
            raise NotAllowed("send_code", run.state.status, run.state.step, "no code is asked")
        now, at = await work.now(), await one_time_code.resend_after(work, run)
        if at is not None and now < at:
            raise codes.TooSoon(at)
        level = present.stepup.level
        effect = SendCode(run=run_id, step=run.state.step, level=level, asked=True)
        return await self._runs.hold(work, run, effect, now)

    async def _screen(
        self, work: Work, run: RunInHand, customer: Customer, client: Client
    ) -> Screen:
        filled = await knowledge.filled_in(work, run.row, run.definition, run.state)
        now, texts = await work.now(), self._texts(customer)
        shown = screen(
            run.definition,
            run.state,
            texts,
            now,
            await one_time_code.resend_after(work, run),
            filled,
            passkey=PASSKEY in client.caps and await passkey_step.is_at_hand(work, run),
        )
        drawn = drawable(run.definition, run.state, shown, client.app, texts, now)
        for component in drawn.downgraded:
            count("component_downgraded", flow=shown.flow, step=shown.step, component=component)
        return drawn.screen

    def _sentences(self, customer: Customer, refused: InvalidAnswer) -> dict[str, str]:
        texts = self._texts(customer)
        return {name: texts.get(one.key, one.values) for name, one in refused.errors.items()}

    def _texts(self, customer: Customer) -> Texts:
        return self._words.texts(customer.language)


def _summary(run: RunInHand, texts: Texts) -> RunSummary:
    seen = view(run.definition, run.state, texts)
    return RunSummary(
        id=run.row.id,
        flow=run.row.flow,
        title=seen.title,
        status=run.state.status,
        step_title=seen.step_title,
        progress=seen.progress,
        updated_at=run.row.updated_at,
    )


def _actor(customer: Customer) -> events.Actor:
    return events.Actor(kind="customer", id=str(customer.id))


def _in_words(client: Client) -> Client:
    """Everything can be said in words, and no passkey be used."""
    return Client(sign_in=client.sign_in)
