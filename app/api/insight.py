"""How do flows do? Counted from their runs, and told without a word of what anybody said."""

from datetime import timedelta
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from app.conversation.errors import NotFound
from app.conversation.people import Agent
from app.runs.insight import FlowGoes, HowItGoes, all_flows, one_flow
from app.runs.log import RunLog
from app.store.work import Store

Days = Annotated[
    int, QueryParameter(ge=1, le=365, description="Runs that began so many days ago or later.")
]
Version = Annotated[
    str | None, QueryParameter(max_length=128, description="One version only; else each.")
]


class Flows(Struct, frozen=True, kw_only=True):
    items: list[HowItGoes]
    """By flow, then the newest version first."""


class FlowVersions(Struct, frozen=True, kw_only=True):
    items: list[FlowGoes]
    """The newest version first."""


@get("/v1/admin/insight/flows", operation_id="listFlowInsight", tags=["admin"])
async def list_flows(
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    runs: NamedDependency[RunLog],
    days: Days = 30,
) -> Flows:
    """How the runs of each version of each flow went. The newest minute may be missing."""
    async with store.read() as work:
        since = (await work.now() - timedelta(days=days)).date()
        return Flows(items=await all_flows(work, runs, since))


@get("/v1/admin/insight/flows/{flow:str}", operation_id="getFlowInsight", tags=["admin"])
async def get_flow(
    flow: FromPath[str],
    agent: NamedDependency[Agent],
    store: NamedDependency[Store],
    runs: NamedDependency[RunLog],
    days: Days = 30,
    version: Version = None,
) -> FlowVersions:
    """How the runs of a flow went, step by step, for each of its versions that had any."""
    async with store.read() as work:
        since = (await work.now() - timedelta(days=days)).date()
        found = await one_flow(work, runs, flow, since)
    if not found and runs.catalogue.live(flow) is None:
        raise NotFound("flow")
    wanted = [one for hash, one in found.items() if version in {None, hash}]
    if version is not None and not wanted:
        raise NotFound("flow version")
    return FlowVersions(items=sorted(wanted, key=lambda one: one.run.published_at, reverse=True))


ROUTES = [list_flows, get_flow]
