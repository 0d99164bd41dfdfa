"""How does a page play a phone, and a test look inside the double?"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from push.double.faults import Fault, FaultKind
from push.double.phones import Arrived, Phone
from push.double.provider import PROVIDER, Provider

# Below the idle limits of usual proxies, so that a quiet stream stays open.
_KEEP_ALIVE = 15.0

routes = web.RouteTableDef()


@routes.post("/double/devices")
async def register(request: web.Request) -> web.Response:
    """A new simulated device."""
    return web.json_response({"token": request.app[PROVIDER].register()}, status=201)


@routes.get("/double/devices/{token}")
async def show(request: web.Request) -> web.Response:
    """What the device has on its screen, and how many messages reached it."""
    phone = _phone(request)
    visible = [msgspec.to_builtins(arrived) for arrived in phone.inbox]
    body = {"token": phone.token, "installed": phone.installed, "received": phone.received}
    return web.json_response({**body, "visible": visible})


@routes.delete("/double/devices/{token}")
async def remove(request: web.Request) -> web.Response:
    """Uninstall the app."""
    request.app[PROVIDER].remove(_phone(request))
    return web.Response(status=204)


@routes.get("/double/devices/{token}/messages")
async def messages(request: web.Request) -> web.StreamResponse:
    """The device's messages as Server-Sent Events, for as long as the app is installed.

    A phone that connects gets what came while it was off; with Last-Event-ID (or `?after=`) it
    gets everything after that one again.
    """
    provider, phone = request.app[PROVIDER], _phone(request)
    cursor = _cursor(request, phone)
    stream = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await stream.prepare(request)
    # Pages come and go; the one that went has not been handed what it did not get.
    with suppress(ConnectionResetError):
        await _follow(stream, provider, phone, cursor)
    return stream


@routes.get("/double/ledger")
async def ledger(request: web.Request) -> web.Response:
    """Every message that came in, taken or refused, in order."""
    provider = request.app[PROVIDER]
    body = {"sends": msgspec.to_builtins(provider.sends), "token_requests": provider.token_requests}
    return web.json_response(body)


@routes.post("/double/faults")
async def switch_on(request: web.Request) -> web.Response:
    """Let something go wrong."""
    provider = request.app[PROVIDER]
    try:
        fault = msgspec.json.decode(await request.read(), type=Fault)
    except msgspec.DecodeError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    if fault.kind is FaultKind.REVOKE:
        provider.access_tokens.clear()
    else:
        provider.faults.add(fault)
    return web.Response(status=204)


@routes.get("/double/faults")
async def switched_on(request: web.Request) -> web.Response:
    """The faults that are on."""
    return web.json_response({"items": msgspec.to_builtins(request.app[PROVIDER].faults.on)})


@routes.delete("/double/faults")
async def switch_off(request: web.Request) -> web.Response:
    """Switch all faults off."""
    request.app[PROVIDER].faults.clear()
    return web.Response(status=204)


async def _follow(
    stream: web.StreamResponse, provider: Provider, phone: Phone, cursor: int
) -> None:
    """Write what is after the cursor, and then what comes, until the app or the double ends."""
    await stream.write(b": connected\n\n")
    while phone.installed and not provider.closing:
        change = provider.next_change()
        for arrived in phone.after(cursor, datetime.now(UTC)):
            await stream.write(_event(arrived))
            cursor = arrived.id
            provider.handed(phone, cursor)
        with suppress(TimeoutError):
            await asyncio.wait_for(change.wait(), _KEEP_ALIVE)
        await stream.write(b":\n\n")


def _phone(request: web.Request) -> Phone:
    phone = request.app[PROVIDER].phones.get(request.match_info["token"])
    if phone is None:
        raise web.HTTPNotFound(text="no device has this token")
    return phone


def _cursor(request: web.Request, phone: Phone) -> int:
    asked = request.headers.get("Last-Event-ID") or request.query.get("after")
    if asked is None:
        return phone.handed
    if not asked.isdecimal():
        raise web.HTTPBadRequest(text="Last-Event-ID and after are numbers")
    return int(asked)


def _event(arrived: Arrived) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (arrived.id, msgspec.json.encode(arrived))
