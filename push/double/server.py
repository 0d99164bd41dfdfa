"""How is the double reached? One aiohttp application on one port."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from push.double import credentials, devices, fcm, oauth
from push.double.provider import PROVIDER, Provider


class Running(msgspec.Struct, frozen=True):
    """A double that answers at `url`."""

    url: str
    provider: Provider


@asynccontextmanager
async def running(
    *, host: str = "127.0.0.1", port: int = 0, data: Path | None = None, name: str = "127.0.0.1"
) -> AsyncIterator[Running]:
    """The double, answering until the block ends.

    Port 0 takes a free one; `name` is the host part of the address it tells others. With a `data`
    directory the key, the devices and the ledger are those of last time. Raises OSError when the
    port is in use.
    """
    with socket.create_server((host, port)) as listener:
        url = f"http://{name}:{listener.getsockname()[1]}"
        account = credentials.load_or_create(data, url) if data else credentials.create(url)
        provider = Provider(account, data / "journal.jsonl" if data else None)
        runner = web.AppRunner(application(provider), shutdown_timeout=1.0, access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            yield Running(url, provider)
        finally:
            provider.close()
            await runner.cleanup()


def application(provider: Provider) -> web.Application:
    """The endpoints over this state."""
    app = web.Application(middlewares=[_preflight])
    app[PROVIDER] = provider
    for part in (oauth, fcm, devices):
        app.add_routes(part.routes)
    app.on_response_prepare.append(_allow_any_origin)
    return app


async def _allow_any_origin(request: web.Request, response: web.StreamResponse) -> None:
    """The demo phone is a page of another origin; nothing here is anybody's secret."""
    response.headers["Access-Control-Allow-Origin"] = "*"


@web.middleware
async def _preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.method != "OPTIONS":
        return await handler(request)
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST, DELETE",
        "Access-Control-Allow-Headers": "Content-Type, Last-Event-ID",
        "Access-Control-Max-Age": "600",
    }
    return web.Response(status=204, headers=allowed)
