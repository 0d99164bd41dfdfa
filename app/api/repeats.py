"""How often was somebody asked for what was known? The goal is never."""

from datetime import timedelta
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from app.conversation.facts import AskedAgain
from app.conversation.people import Agent
from app.store.work import Store

Days = Annotated[int, QueryParameter(ge=1, le=90, description="How far to look back from now.")]


class RepeatedQuestions(Struct, frozen=True, kw_only=True):
    items: list[AskedAgain]
    """Most frequent first."""
    total: int
    interactions: int
    """Requests for help that ended in that time, answered or not: what `total` is held against."""


@get("/v1/admin/repeated-questions", operation_id="listRepeatedQuestions", tags=["admin"])
async def repeated_questions(
    agent: NamedDependency[Agent], store: NamedDependency[Store], days: Days = 7
) -> RepeatedQuestions:
    """How often customers were asked for what was known, by a flow or an agent. None is the goal.

    What people ask aloud or in a message is not counted.
    """
    async with store.read() as work:
        since = await work.now() - timedelta(days=days)
        items = list(await work.facts.asked_again(since))
        ended = await work.interactions.count_ended(since)
    return RepeatedQuestions(items=items, total=sum(one.count for one in items), interactions=ended)


ROUTES = [repeated_questions]
