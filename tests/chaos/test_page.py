"""Does a page keep the rules of the live protocol? The server here is played, frame by frame."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import msgspec
from websockets.asyncio.server import ServerConnection, serve

from tests.chaos.lives import Lives
from tests.chaos.page import Page
from tests.chaos.people import Seat

HERE = str(uuid4())


class Played:
    """The server's side: what the page says, and what it is told."""

    def __init__(self) -> None:
        self._sockets: asyncio.Queue[ServerConnection] = asyncio.Queue()
        self._socket: ServerConnection | None = None

    async def take(self, socket: ServerConnection) -> None:
        await self._sockets.put(socket)
        await socket.wait_closed()

    async def greet(self) -> Any:
        """The next connection's hello, answered."""
        self._socket = await self._sockets.get()
        hello = await self.said()
        assert hello["type"] == "hello"
        await self.tell("welcome", epoch=str(uuid4()), heads={}, now="", me={})
        return hello

    async def said(self) -> Any:
        assert self._socket is not None
        return msgspec.json.decode(await self._socket.recv())

    async def tell(self, type: str, **fields: Any) -> None:
        assert self._socket is not None
        await self._socket.send(msgspec.json.encode({"type": type, **fields}).decode())

    async def event(self, seq: int, prev: int) -> None:
        body = {"text": f"agent0 {seq}"}
        fields = {"conversation_id": HERE, "kind": "message", "body": body, "cmid": str(uuid4())}
        await self.tell("event", seq=seq, prev=prev, **fields)

    async def ack(self, cmid: str, seq: int) -> None:
        await self.tell("ack", cmid=cmid, conversation_id=HERE, seq=seq, prev=seq - 1)

    async def cut(self) -> None:
        assert self._socket is not None
        self._socket.transport.abort()


@asynccontextmanager
async def played(*, agent: bool = False) -> AsyncIterator[tuple[Page, Played]]:
    server = Played()
    async with serve(server.take, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        seat = Seat(name="customer0", agent=agent, token="t", conversation_id=HERE)
        page = Page(seat, port, Lives(), random.Random(1))  # noqa: S311 - no secret
        running = asyncio.create_task(page.run())
        try:
            yield page, server
        finally:
            running.cancel()


async def test_a_hole_is_asked_for_once_and_what_is_known_is_dropped() -> None:
    async with played() as (page, server):
        await server.greet()
        await server.event(1, 0)
        await server.event(3, 2)
        await server.event(4, 3)
        assert await server.said() == {"type": "sync", "conversation_id": HERE, "after": 1}
        for seq in (1, 2, 3, 4):
            await server.event(seq, seq - 1)
        await server.event(6, 5)
        assert (await server.said())["after"] == 4
        assert [line.seq for line in page.view.lines] == [1, 2, 3, 4]
        assert page.view.known == 1


async def test_numbers_that_this_page_may_not_see_are_no_hole() -> None:
    async with played() as (page, server):
        await server.greet()
        await server.event(2, 0)
        await server.event(5, 2)
        await server.event(9, 7)
        assert (await server.said())["after"] == 5
        assert page.view.cursor == 5


async def test_what_is_unacknowledged_is_sent_again_in_order_under_the_same_ids() -> None:
    async with played() as (page, server):
        await server.greet()
        page.allow(4)
        sent = [await server.said() for _ in range(4)]
        for seq in (1, 2):
            await server.ack(sent[seq - 1]["cmid"], seq)
            await server.event(seq, seq - 1)  # the own one, known by its ack
        await server.cut()
        hello = await server.greet()
        assert hello["cursors"] == {HERE: 2}
        again = [await server.said() for _ in range(4)]
        # One that is acknowledged and the oldest that is not come a second time on purpose; the
        # last that is acknowledged does not, or its loss would be mended before it is noticed.
        assert again == [sent[0], sent[2], sent[3], sent[2]]


async def test_a_window_of_messages_is_on_its_way() -> None:
    async with played() as (page, server):
        await server.greet()
        page.allow(100)
        sent = [await server.said() for _ in range(16)]
        await server.ack(sent[0]["cmid"], 1)
        assert (await server.said())["text"] == "customer0 000017"


async def test_an_agent_watches_from_its_cursor() -> None:
    async with played(agent=True) as (_, server):
        await server.greet()
        assert await server.said() == {"type": "watch", "conversation_id": HERE, "after": 0}
        await server.event(1, 0)
        await server.event(2, 1)
        await server.cut()
        await server.greet()
        assert (await server.said())["after"] == 2


async def test_a_refusal_is_told_and_the_page_comes_back_with_all_of_it() -> None:
    async with played() as (page, server):
        await server.greet()
        page.allow(2)
        sent = [await server.said() for _ in range(2)]
        problem = {"type": "x", "title": "Overtaken", "status": 409, "detail": ""}
        await server.tell("refused", cmid=sent[0]["cmid"], problem=problem)
        await server.greet()
        assert [await server.said() for _ in range(2)] == sent
        assert page.said["refused 409 Overtaken"] == 1
