"""Is the process alive, and can it serve?"""

import asyncio

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from app.api.errors import Leaving
from app.store.away import DatabaseAway
from app.store.work import Store


class Health(Struct, frozen=True):
    status: str


@get("/health/live", operation_id="isAlive", tags=["health"])
async def live() -> Health:
    """The process answers; nothing else is looked at."""
    return Health("ok")


@get("/health/ready", operation_id="isReady", tags=["health"])
async def ready(store: NamedDependency[Store], leaving: NamedDependency[asyncio.Event]) -> Health:
    """The database answers too, and the server is not about to stop."""
    if leaving.is_set():
        raise Leaving
    try:
        await store.epoch()
    except Exception as error:  # whatever is wrong with it, nothing can be served from it
        raise DatabaseAway from error
    return Health("ok")


ROUTES = [live, ready]
