"""What the server believes of what a proxy says."""

from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, get

from app.config import Config
from app.server import uvicorn_config


@get("/")
async def _from_where(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


@pytest.mark.parametrize(
    ("proxies", "believed"),
    [("", False), ("10.0.0.8", False), ("10.0.0.9", True), ("192.0.2.1, 10.0.0.0/8", True)],
)
async def test_only_a_known_proxy_says_where_a_request_comes_from(
    proxies: str, believed: bool
) -> None:
    config = uvicorn_config(Config(secret="x" * 32, proxies=proxies), Litestar([_from_where]))
    config.load()
    transport: Any = ASGITransport(app=config.loaded_app, client=("10.0.0.9", 4711))
    async with AsyncClient(transport=transport, base_url="http://server") as http:
        answer = await http.get("/", headers={"X-Forwarded-For": "203.0.113.7"})
    assert answer.text == ("203.0.113.7" if believed else "10.0.0.9")
