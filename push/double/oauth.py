"""How does a sender get an access token from the double? (RFC 7523, RFC 6749 5)"""

import asyncio

from aiohttp import web

from push.double.credentials import AssertionRefused
from push.double.faults import FaultKind
from push.double.provider import PROVIDER

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = 3600

routes = web.RouteTableDef()


@routes.post("/token")
async def token(request: web.Request) -> web.Response:
    """Exchange a signed assertion for an access token."""
    provider = request.app[PROVIDER]
    provider.token_requests += 1
    form = await request.post()
    fault = provider.faults.for_token_endpoint()
    if fault is not None:
        await asyncio.sleep(fault.seconds)
        if fault.kind is FaultKind.TOKEN_REFUSED:
            return _refused("invalid_grant", "switched on as a fault")
    if form.get("grant_type") != _GRANT:
        return _refused("unsupported_grant_type", f"only {_GRANT}")
    try:
        provider.account.check(str(form.get("assertion", "")))
    except AssertionRefused as error:
        return _refused("invalid_grant", str(error))
    value = provider.new_access_token()
    return web.json_response({"access_token": value, "expires_in": _LIFE, "token_type": "Bearer"})


def _refused(code: str, description: str) -> web.Response:
    return web.json_response({"error": code, "error_description": description}, status=400)
