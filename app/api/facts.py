"""What is known of a customer, for the agent who helps them: nobody is asked for it again."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from app.conversation import desk
from app.conversation.facts import Fact, Trust, is_fresh
from app.conversation.people import Agent
from app.store.work import Store
from selfservice.view import MASK


class FactView(Struct, frozen=True, kw_only=True):
    key: str
    value: str
    """A mask where it is sensitive."""
    sensitive: bool
    trust: Trust
    source: str
    """Who said it, in words: the step of a flow, a signed token."""
    channel: str
    at: datetime
    fresh: bool
    """A question for it would be a repeated one."""


class Facts(Struct, frozen=True):
    items: list[FactView]


@get("/v1/customers/{id:uuid}/facts", operation_id="getFacts", tags=["desk"])
async def get_facts(
    id: FromPath[UUID], agent: NamedDependency[Agent], store: NamedDependency[Store]
) -> Facts:
    """What is known of a customer whom this agent has in hand, by key, verified facts first."""
    async with store.read() as work:
        await desk.must_have(work, agent, id)
        now = await work.now()
        return Facts([_view(fact, now) for fact in await work.facts.of(id)])


def _view(fact: Fact, now: datetime) -> FactView:
    return FactView(
        key=fact.key,
        value=MASK if fact.sealed is not None else _said(fact.value),
        sensitive=fact.sealed is not None,
        trust=fact.trust,
        source=fact.source,
        channel=fact.channel,
        at=fact.at,
        fresh=is_fresh(fact, now),
    )


def _said(value: str | float | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


ROUTES = [get_facts]
