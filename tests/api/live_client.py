"""One page's socket, as a test holds it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self, get_args

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection, connect

from app.api import frames
from app.api.live_reference import description
from tests.api.company import Person
from tests.api.wire_schema import check

SOON_S = 5

SAID_BY_SERVER = {
    str(kind.__struct_config__.tag): {"$ref": f"#/components/schemas/{kind.__name__}"}
    for kind in get_args(frames.ServerFrame)
}


class Page:
    """Frames that were skipped while another was waited for are gone."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.welcome: Any = None

    async def send(self, type: str, **fields: Any) -> None:
        await self.socket.send(msgspec.json.encode({"type": type, **fields}).decode())

    async def hello(self, token: str, **cursors: int) -> Self:
        await self.send("hello", token=token, cursors=cursors)
        self.welcome = await self.next("welcome")
        return self

    async def frame(self) -> Any:
        async with asyncio.timeout(SOON_S):
            frame = msgspec.json.decode(await self.socket.recv())
        check(frame, SAID_BY_SERVER[frame["type"]], description())
        return frame

    async def next(self, type: str, **wanted: Any) -> Any:
        """The next frame of this type with these values."""
        while True:
            frame = await self.frame()
            if frame["type"] == type and all(frame[name] == one for name, one in wanted.items()):
                return frame

    async def tail(self) -> tuple[list[Any], int]:
        """Events until the tail's end, and up to where they go."""
        events = []
        while (frame := await self.frame())["type"] != "tail":
            if frame["type"] == "event":
                events.append(frame)
        return events, frame["upto"]

    async def silence(self) -> list[str]:
        """Types of the frames that come before the answer to a ping."""
        await self.send("ping")
        types = []
        while (frame := await self.frame())["type"] != "pong":
            types.append(frame["type"])
        return types

    async def closed(self) -> int:
        """The code that the server closes with."""
        with suppress(websockets.ConnectionClosed):
            while True:
                await self.frame()
        assert self.socket.close_code is not None
        return self.socket.close_code


@asynccontextmanager
async def open_page(person: Person, origin: str | None = None) -> AsyncIterator[Page]:
    """Connected, nothing said yet."""
    url = person.company.url.replace("http", "ws") + "/v1/live"
    headers = {"Origin": origin} if origin else None
    async with connect(url, additional_headers=headers, close_timeout=1) as socket:
        yield Page(socket)


@asynccontextmanager
async def live_page(person: Person, **cursors: int) -> AsyncIterator[Page]:
    """Greeted: `welcome` has come."""
    async with open_page(person) as page:
        yield await page.hello(person.token, **cursors)
