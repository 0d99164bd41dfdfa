"""The bank and the push double under the server's own origin, for a phone in the same network.

Such a phone reaches neither their ports (they listen on this machine only) nor, from a page
served by HTTPS, anything by plain HTTP.
"""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from litestar import HttpMethod, Request, Response, route
from litestar.response import Stream

from app.demo.company import Company

PASSED_ON = ("content-type", "last-event-id", "accept")


def routes(company: Company) -> list[Any]:
    """Handlers for /demo/bank/... and /demo/push/..."""
    return [
        _behind("/demo/bank", f"http://localhost:{company.ports.bank}"),
        _behind("/demo/push", f"http://localhost:{company.ports.push}"),
    ]


def _behind(prefix: str, base: str) -> Any:
    @route(
        f"{prefix}/{{path:path}}",
        http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE],
        include_in_schema=False,
        name=prefix,
        status_code=200,
    )
    async def pass_on(request: Request[Any, Any, Any]) -> Response[Any]:
        target = base + request.url.path.removeprefix(prefix)
        http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, connect=5))
        answer = await http.request(
            request.method,
            target,
            params=request.url.query,
            data=await request.body(),
            headers={name: request.headers[name] for name in PASSED_ON if name in request.headers},
        )
        return Stream(
            _chunks(http, answer),
            status_code=answer.status,
            media_type=answer.headers.get("content-type", "application/octet-stream"),
        )

    return pass_on


async def _chunks(
    http: aiohttp.ClientSession, answer: aiohttp.ClientResponse
) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.content.iter_any():
            yield chunk
    finally:
        answer.close()
        await http.close()
