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


class Proxy:
    """Passes on /demo/bank/... and /demo/push/..."""

    def __init__(self, company: Company) -> None:
        self.routes: list[Any] = [
            self._behind("/demo/bank", f"http://localhost:{company.ports.bank}"),
            self._behind("/demo/push", f"http://localhost:{company.ports.push}"),
        ]
        self._open: set[aiohttp.ClientResponse] = set()

    def close(self) -> None:
        """End every answer that is still coming in: a phone's messages would never end."""
        for answer in self._open:
            answer.close()

    def _behind(self, prefix: str, base: str) -> Any:
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
            headers = {one: request.headers[one] for one in PASSED_ON if one in request.headers}
            answer = await http.request(
                request.method,
                target,
                params=request.url.query,
                data=await request.body(),
                headers=headers,
            )
            return Stream(
                self._chunks(http, answer),
                status_code=answer.status,
                media_type=answer.headers.get("content-type", "application/octet-stream"),
            )

        return pass_on

    async def _chunks(
        self, http: aiohttp.ClientSession, answer: aiohttp.ClientResponse
    ) -> AsyncIterator[bytes]:
        self._open.add(answer)
        try:
            async for chunk in answer.content.iter_any():
                yield chunk
        except aiohttp.ClientConnectionError:
            return  # closed above, or the other side went away
        finally:
            self._open.discard(answer)
            answer.close()
            await http.close()
