"""What the server believes of what a proxy says, and what a socket may cost it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, WebSocket, get, websocket
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

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


@websocket("/")
async def _listening(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.receive_text()


@asynccontextmanager
async def _served(app: Litestar) -> AsyncIterator[tuple[uvicorn.Server, str]]:
    """A server whose system keeps little of what nobody reads."""
    server = uvicorn.Server(uvicorn_config(Config(secret="x" * 32), app))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                await asyncio.sleep(0.01)
            yield server, f"ws://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            await serving


async def test_pings_of_whoever_does_not_read_pile_no_answers_up() -> None:
    ping = Frame(Opcode.PING, b"x" * 125).serialize(mask=True)
    async with (
        asyncio.timeout(10),
        _served(Litestar([_listening])) as (server, url),
        connect(url) as client,
    ):
        (connection,) = server.server_state.connections
        client.transport.pause_reading()
        client.transport.write(ping * 100_000)
        while client.transport.get_write_buffer_size():
            await asyncio.sleep(0.01)
        waiting = connection.transport.get_write_buffer_size()
        client.transport.abort()
        assert waiting < 256 * 1024
