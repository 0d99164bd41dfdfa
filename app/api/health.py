"""Is the process alive, and can it serve?"""

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from app.api.errors import DatabaseUnavailable
from app.store.work import Store


class Health(Struct, frozen=True):
    status: str


@get("/health/live", operation_id="isAlive", tags=["health"])
async def live() -> Health:
    """The process answers; nothing else is looked at."""
    return Health("ok")


@get("/health/ready", operation_id="isReady", tags=["health"])
async def ready(store: NamedDependency[Store]) -> Health:
    """The database answers too."""
    try:
        await store.epoch()
    except Exception as error:  # whatever is wrong with it, nothing can be served from it
        raise DatabaseUnavailable from error
    return Health("ok")


ROUTES = [live, ready]
