"""The calls that runs ask for, performed under leases.

A call is stored with the change that asked for it. Whoever stored it performs it; should that
process die, the lease runs out and another takes over. A read is then simply made again; what
became of a write nobody knows, so the flow's `on_unknown` decides.
"""

import asyncio
from collections.abc import Iterable

import msgspec
import structlog
from cryptography.fernet import InvalidToken
from msgspec import Struct
from msgspec.structs import replace

from app.conversation.people import Customer
from app.conversation.timeline import SYSTEM
from app.egress import ActionError, ActionOk, ActionResult, ActionUnknown, Egress
from app.retry import retried
from app.runs import answered_files, one_time_code, passkey_step
from app.runs.file_links import FileLinks
from app.runs.log import LEASE, RunLog
from app.store.records import ActionJob
from app.store.work import Store
from app.vault import Vault
from selfservice import events
from selfservice.codes import Code, TooSoon
from selfservice.effects import PerformAction, SendCode
from selfservice.errors import NotAllowed
from selfservice.state import FINAL
from selfservice.texts import Catalogues
from selfservice.wording import flow_title

ANSWERED_WITHIN_S = 3.0
"""So long a request waits for the back end; then the app gets a progress screen."""

TAKEN_AT_ONCE = 20

log = structlog.get_logger()
_effect = msgspec.json.Decoder(PerformAction | SendCode).decode


class _MadeCode(Struct, frozen=True, kw_only=True):
    customer: str
    digits: str
    purpose: str
    code: Code


class BackEnd:
    def __init__(
        self,
        store: Store,
        runs: RunLog,
        words: Catalogues,
        vault: Vault,
        egress: Egress,
        links: FileLinks,
    ) -> None:
        self._store = store
        self._runs = runs
        self._words = words
        self._vault = vault
        self._egress = egress
        self._links = links
        self._performing: set[asyncio.Task[None]] = set()

    async def take_over(self) -> None:
        """Claim what is due and nobody holds (any more), and begin to perform it."""
        async with self._store.write() as work:
            now = await work.now()
            jobs = await work.action_jobs.claim(now, now + LEASE, TAKEN_AT_ONCE)
        self._begin(jobs)

    async def perform_soon(self, jobs: list[ActionJob]) -> None:
        """Perform, but let the customer go after ANSWERED_WITHIN_S with a progress screen."""
        if jobs:
            await asyncio.wait(self._begin(jobs), timeout=ANSWERED_WITHIN_S)

    async def close(self) -> None:
        """Wait for the calls that are on their way."""
        while self._performing:
            await asyncio.wait(self._performing)

    def _begin(self, jobs: Iterable[ActionJob]) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._perform(job)) for job in jobs]
        self._performing.update(tasks)
        for task in tasks:
            task.add_done_callback(self._performing.discard)
        return tasks

    async def _perform(self, job: ActionJob) -> None:
        """Perform a job and those that follow from it."""
        waiting = [job]
        try:
            while waiting:
                waiting += await self._performed(waiting.pop(0))
        except Exception:  # the job keeps its lease: it is taken over when that is out
            log.exception("action.failed", run_id=str(job.run_id))

    async def _performed(self, job: ActionJob) -> list[ActionJob]:
        effect = _effect(job.effect)
        if isinstance(effect, SendCode):
            await self._send(job, effect)
            return []
        return await self._record(job, await self._acted(job, effect))

    async def _acted(self, job: ActionJob, effect: PerformAction) -> events.Acted:
        async with self._store.read() as work:
            run = await self._runs.get(work, job.run_id)
            customer = await work.customers.get(run.row.customer_id)
            now = await work.now()
            files = await answered_files.readable(work, run.row, run.state)
        input = answered_files.with_links(effect.input, files, self._links, now)
        acted = events.Acted(
            at=now,
            actor=events.Actor(kind="system"),
            step=effect.step,
            visit=effect.visit,
            check=effect.check,
            outcome="unknown",
        )
        if effect.effect == "write" and job.attempts > 1:
            return replace(acted, code="INTERRUPTED")
        match await self._asked(job, replace(effect, input=input), customer):
            case ActionOk(result=result):
                return replace(acted, outcome="ok", result=result)
            case ActionError():
                return replace(acted, outcome="error")
            case ActionUnknown():
                return acted

    async def _asked(
        self, job: ActionJob, effect: PerformAction, customer: Customer
    ) -> ActionResult:
        try:
            opened = {name: self._vault.open(one["token"]) for name, one in effect.sealed.items()}
        except InvalidToken:  # sealed under another secret: nobody can open it any more
            log.warning("action.sealed_by_another_secret", run_id=str(job.run_id))
            return ActionError(code="sealed_by_another_secret")
        return await self._egress.call_action(
            effect.name,
            {**effect.input, **opened},
            customer=customer.subject,
            run_id=job.run_id,
            key=effect.key if effect.effect == "write" else None,
            timeout_s=effect.timeout_s,
            attempts=1 + effect.retries,
        )

    @retried
    async def _record(self, job: ActionJob, event: events.Acted) -> list[ActionJob]:
        """Move the run on by the outcome; returns what it asks for next."""
        async with self._store.write() as work:
            await work.action_jobs.done(job.id)
            run = await self._runs.get(work, job.run_id)
            try:
                event = replace(event, at=await work.now())
                _, jobs = await self._runs.append(work, run, event, SYSTEM)
            except NotAllowed as overtaken:
                log.info("action.overtaken", run_id=str(job.run_id), reason=overtaken.reason)
                return []
            return jobs

    async def _send(self, job: ActionJob, effect: SendCode) -> None:
        """Store the hash of a code, then have the company send it; never the other way."""
        made = await self._made(job, effect)
        result: ActionResult | None = None
        if made is not None:
            result = await self._egress.send_code(made.customer, made.digits, made.purpose)
        async with self._store.write() as work:
            await work.action_jobs.done(job.id)
            if made is not None and isinstance(result, ActionOk):
                await one_time_code.confirm(work, job.run_id, made.code, result.result)

    @retried
    async def _made(self, job: ActionJob, effect: SendCode) -> _MadeCode | None:
        """Whom to send which code, and what for; None where it is not wanted (any more)."""
        async with self._store.write() as work:
            run = await self._runs.get(work, job.run_id)
            if run.state.status in FINAL or run.state.step != effect.step:
                return None
            if not effect.asked and await passkey_step.is_at_hand(work, run):
                return None
            try:
                digits, code = await one_time_code.make(
                    work, run, effect.step, self._vault.code_key
                )
            except TooSoon:  # two asked at once: one code is enough
                return None
            customer = await work.customers.get(run.row.customer_id)
        title = flow_title(run.definition, self._words.texts(customer.language))
        return _MadeCode(customer=customer.subject, digits=digits, purpose=title, code=code)
