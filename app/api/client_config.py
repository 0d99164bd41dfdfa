"""What the demo phone has to know before anybody signs in."""

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from app.config import Config


class ClientConfig(Struct, frozen=True, kw_only=True):
    bank_url: str
    """The example bank's own pages and token endpoint; empty outside the demo."""
    push_url: str
    """Where the push double delivers to the demo phone; empty outside the demo."""


@get("/v1/client-config", operation_id="getClientConfig", tags=["health"])
async def client_config(config: NamedDependency[Config]) -> ClientConfig:
    """Addresses for the demo phone."""
    return ClientConfig(bank_url=config.demo_bank_url, push_url=config.demo_push_url)


ROUTES = [client_config]
