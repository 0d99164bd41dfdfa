"""Is the process alive, and can it serve?"""

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from app.store.work import Store


class Health(Struct, frozen=True):
    status: str


@get("/health/live", operation_id="isAlive", tags=["health"], security=[{}])
async def live() -> Health:
    """The process answers; nothing else is looked at."""
    return Health("ok")


@get("/health/ready", operation_id="isReady", tags=["health"], security=[{}])
async def ready(store: NamedDependency[Store]) -> Response[Health]:
    """The database answers too."""
    try:
        await store.epoch()
    except Exception:  # whatever is wrong with the database, it cannot be served from
        return Response(Health("database unavailable"), status_code=503)
    return Response(Health("ok"))


ROUTES = [live, ready]
