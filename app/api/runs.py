"""Self-service: the flows on offer, runs, screens and answers."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import DoneOnce, idempotent
from app.api.passkeys import PasskeyOptions
from app.conversation.people import Customer
from app.runs.client import Client
from app.runs.self_service import ByText, FlowSummary, RunSummary, SelfService
from app.store.work import Store, Work
from selfservice.screen import Screen

SHOWN = 50

Name = Annotated[str, Meta(min_length=1, max_length=64)]
StepName = Annotated[str, Meta(min_length=1, max_length=600)]
"""Of a step or an answer; within flows that others call it is a path, `freeze/confirm`."""
Rev = Annotated[int, Meta(ge=1, le=2**31)]


class StartRun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    flow: Name
    inputs: Annotated[dict[Name, Any], Meta(max_length=20)] = {}


class GiveAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rev: Rev
    """Of the screen that is answered."""
    step: StepName
    values: Annotated[dict[StepName, Any], Meta(max_length=50)] = {}


class Cancel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rev: Rev | None = None
    """Of the screen that is left; null: whatever it is by now."""


class Reopen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rev: Rev
    """Of the screen that is left."""
    step: StepName | None = None
    """Null: the step before."""


class GiveText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rev: Rev
    """Of the screen that is answered."""
    text: Annotated[str, Meta(max_length=10_000)]
    files: Annotated[tuple[UUID, ...], Meta(max_length=10)] = ()
    """Sent up before, by their ids."""


class Flows(Struct, frozen=True):
    items: list[FlowSummary]


class Runs(Struct, frozen=True):
    items: list[RunSummary]


@get("/v1/flows", operation_id="listFlows", tags=["self-service"])
async def list_flows(
    customer: NamedDependency[Customer], self_service: NamedDependency[SelfService]
) -> Flows:
    """What a customer can do alone."""
    return Flows(self_service.offered(customer))


@post("/v1/runs", operation_id="startRun", tags=["self-service"])
async def start_run(
    data: JSONBody[StartRun],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
    once: DoneOnce,
) -> Screen:
    """Start a flow, or go on with the run that is open for the same inputs."""
    return await self_service.start(once, customer, client, data.flow, data.inputs)


@get("/v1/runs", operation_id="listRuns", tags=["self-service"])
async def list_runs(
    customer: NamedDependency[Customer],
    self_service: NamedDependency[SelfService],
    store: NamedDependency[Store],
) -> Runs:
    """The customer's runs, those to go on with first."""
    async with store.read() as work:
        return Runs(await self_service.summaries(work, customer, SHOWN))


@get("/v1/runs/{id:uuid}", operation_id="getScreen", tags=["self-service"])
async def get_screen(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
) -> Screen:
    """The screen of the run's present step."""
    return await self_service.screen(customer, client, id)


@post(
    "/v1/runs/{id:uuid}/answers",
    operation_id="answerStep",
    tags=["self-service"],
    status_code=200,
)
async def answer(
    id: FromPath[UUID],
    data: JSONBody[GiveAnswer],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
    once: DoneOnce,
) -> Screen:
    """Answer the present step; an outdated screen gets 409 with the present one."""
    return await self_service.answer(once, customer, client, id, data.rev, data.step, data.values)


@post("/v1/runs/{id:uuid}/code", operation_id="sendCode", tags=["self-service"], status_code=204)
async def send_code(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    self_service: NamedDependency[SelfService],
    once: DoneOnce,
) -> None:
    """Have a new one-time code sent."""
    await self_service.send_code(once, customer, id)


@post("/v1/runs/{id:uuid}/reopen", operation_id="reopenRun", tags=["self-service"], status_code=200)
async def reopen(
    id: FromPath[UUID],
    data: JSONBody[Reopen],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
    once: DoneOnce,
) -> Screen:
    """Go back and change an answer; an outdated screen gets 409 with the present one."""
    return await self_service.reopen(once, customer, client, id, data.rev, data.step)


@post("/v1/runs/{id:uuid}/resume", operation_id="resumeRun", tags=["self-service"], status_code=200)
async def resume(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
    once: DoneOnce,
) -> Screen:
    """Open a run again: a wait for that is over, and what was read too long ago is read anew."""
    return await self_service.resume(once, customer, client, id)


@post(
    "/v1/runs/{id:uuid}/passkey",
    operation_id="proveByPasskey",
    tags=["self-service"],
    status_code=200,
)
@idempotent
async def prove_by_passkey(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    self_service: NamedDependency[SelfService],
    work: Work,
) -> PasskeyOptions:
    """What the customer's passkey must sign for the present step, good once and for 5 minutes."""
    return PasskeyOptions(await self_service.passkey_options(work, customer, id))


@get("/v1/runs/{id:uuid}/text", operation_id="getText", tags=["self-service"])
async def get_text(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
) -> ByText:
    """The present screen in words, for the chat: options numbered, and how to answer."""
    return await self_service.as_text(customer, client, id)


@post(
    "/v1/runs/{id:uuid}/text", operation_id="answerByText", tags=["self-service"], status_code=200
)
async def by_text(
    id: FromPath[UUID],
    data: JSONBody[GiveText],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
    once: DoneOnce,
) -> ByText:
    """Answer in words; an outdated screen gets 409 with the present one."""
    return await self_service.by_text(once, customer, client, id, data.rev, data.text, data.files)


@post("/v1/runs/{id:uuid}/cancel", operation_id="cancelRun", tags=["self-service"], status_code=200)
async def cancel(
    id: FromPath[UUID],
    customer: NamedDependency[Customer],
    client: NamedDependency[Client],
    self_service: NamedDependency[SelfService],
    once: DoneOnce,
    data: JSONBody[Cancel | None] = None,
) -> Screen:
    """Stop the run; an outdated screen gets 409 with the present one."""
    return await self_service.cancel(once, customer, client, id, data.rev if data else None)


ROUTES = [
    list_flows,
    start_run,
    list_runs,
    get_screen,
    answer,
    send_code,
    reopen,
    resume,
    prove_by_passkey,
    get_text,
    by_text,
    cancel,
]
