"""Self-service: the flows on offer, runs, screens and answers."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from app.conversation.people import Customer
from app.flows import Flows, FlowSummary, RunSummary
from app.store.work import Store
from selfservice.screen import Screen

SHOWN = 50

Name = Annotated[str, Meta(min_length=1, max_length=64)]


class StartRun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    flow: Name
    inputs: Annotated[dict[Name, Any], Meta(max_length=20)] = {}


class GiveAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rev: Annotated[int, Meta(ge=1, le=2**31)]
    """Of the screen that is answered."""
    step: Name
    values: Annotated[dict[Name, Any], Meta(max_length=50)] = {}


class Flow(Struct, frozen=True):
    items: list[FlowSummary]


class Runs(Struct, frozen=True):
    items: list[RunSummary]


@get("/v1/flows", operation_id="listFlows", tags=["self-service"])
async def list_flows(customer: NamedDependency[Customer], flows: NamedDependency[Flows]) -> Flow:
    """What a customer can do alone."""
    return Flow(flows.offered())


@post("/v1/runs", operation_id="startRun", tags=["self-service"])
async def start_run(
    data: StartRun, customer: NamedDependency[Customer], flows: NamedDependency[Flows]
) -> Screen:
    """Start a flow, or go on with the run that is open for the same inputs."""
    return await flows.start(customer, data.flow, data.inputs)


@get("/v1/runs", operation_id="listRuns", tags=["self-service"])
async def list_runs(
    customer: NamedDependency[Customer],
    flows: NamedDependency[Flows],
    store: NamedDependency[Store],
) -> Runs:
    """The customer's runs, those to go on with first."""
    async with store.read() as work:
        return Runs(await flows.summaries(work, customer, SHOWN))


@get("/v1/runs/{id:uuid}", operation_id="getScreen", tags=["self-service"])
async def get_screen(
    id: FromPath[UUID], customer: NamedDependency[Customer], flows: NamedDependency[Flows]
) -> Screen:
    """The screen of the run's present step."""
    return await flows.screen(customer, id)


@post(
    "/v1/runs/{id:uuid}/answers",
    operation_id="answerStep",
    tags=["self-service"],
    status_code=200,
)
async def answer(
    id: FromPath[UUID],
    data: GiveAnswer,
    customer: NamedDependency[Customer],
    flows: NamedDependency[Flows],
) -> Screen:
    """Answer the present step; an outdated screen gets 409 with the present one."""
    return await flows.answer(customer, id, data.rev, data.step, data.values)


@post("/v1/runs/{id:uuid}/code", operation_id="sendCode", tags=["self-service"], status_code=202)
async def send_code(
    id: FromPath[UUID], customer: NamedDependency[Customer], flows: NamedDependency[Flows]
) -> None:
    """Have a new one-time code sent."""
    await flows.send_code(customer, id)


@post("/v1/runs/{id:uuid}/cancel", operation_id="cancelRun", tags=["self-service"], status_code=200)
async def cancel(
    id: FromPath[UUID], customer: NamedDependency[Customer], flows: NamedDependency[Flows]
) -> Screen:
    """Stop the run."""
    return await flows.cancel(customer, id)


ROUTES = [list_flows, start_run, list_runs, get_screen, answer, send_code, cancel]
