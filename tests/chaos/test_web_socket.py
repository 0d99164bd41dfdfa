"""Does the light client speak WebSocket with a server that is not ours?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.chaos.web_socket import WebSocket, connect

Handler = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def connected(handler: Handler) -> AsyncIterator[tuple[WebSocket, asyncio.Queue[bytes]]]:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with serve(handler, "127.0.0.1", 0, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        socket = await connect(port, "/", heard.put_nowait)
        try:
            yield socket, heard
        finally:
            socket.abort()


async def echo(server: ServerConnection) -> None:
    async for text in server:
        await server.send(text)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535])
async def test_texts_of_every_length_go_there_and_back(size: int) -> None:
    async with connected(echo) as (socket, heard):
        socket.send(b"x" * size)
        assert await heard.get() == b"x" * size


async def test_many_at_once_arrive_in_order() -> None:
    async with connected(echo) as (socket, heard):
        for number in range(500):
            socket.send(str(number).encode())
        assert [int(await heard.get()) for _ in range(500)] == list(range(500))


async def test_large_and_fragmented_texts_are_put_together() -> None:
    async def speak(server: ServerConnection) -> None:
        await server.send("x" * 100_000)
        await server.send(["a", "b", "c"])
        await server.wait_closed()

    async with connected(speak) as (_, heard):
        assert len(await heard.get()) == 100_000
        assert await heard.get() == b"abc"


async def test_a_ping_is_answered_and_a_close_is_told_with_its_code() -> None:
    async def speak(server: ServerConnection) -> None:
        await (await server.ping())
        await server.close(4401, "sign in first")

    async with connected(speak) as (socket, _):
        assert await socket.closed == 4401


async def test_a_connection_that_breaks_has_no_code_of_its_own() -> None:
    async def speak(server: ServerConnection) -> None:
        server.transport.abort()

    async with connected(speak) as (socket, _):
        assert await socket.closed == 1006


async def test_who_refuses_is_told_as_a_connection_error() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionError):
            await connect(port, "/", lambda text: None)
