"""Doing something with each of many, so that one that fails stops none of the others."""

from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

import structlog

from app.store.away import DatabaseAway

log = structlog.get_logger()


async def each(failed: str, some: Iterable[UUID], act: Callable[[UUID], Awaitable[None]]) -> None:
    """Do it with one after the other; an error is logged under the name `failed`.

    Raises DatabaseAway: then none of the others would fare better.
    """
    for id in some:
        try:
            await act(id)
        except DatabaseAway:
            raise
        except Exception:
            log.exception(failed, id=str(id))
