"""What is handed to the socket, and does anybody read it?"""

import asyncio
from typing import Any

from litestar import WebSocket
from msgspec import Struct

from app.api import frames
from app.api.live_socket.close_codes import SLOW, Closed

SLOW_AFTER_S = 10  # a frame that cannot be handed to the socket for so long ends it


class Outlet:
    def __init__(self, socket: WebSocket[Any, Any, Any]) -> None:
        self._socket = socket
        self._clock = asyncio.get_running_loop().time
        self._sending_since: float | None = None

    async def send(self, frame: Struct) -> None:
        await self.send_bytes(frames.encode(frame))

    async def send_bytes(self, frame: bytes) -> None:
        self._sending_since = self._clock()
        await self._socket.send_data(frame, mode="text")
        self._sending_since = None

    def must_be_read(self) -> None:
        """Raises Closed where it is not.

        Looked at now and then: a timer of its own for every frame would cost a tenth of its CPU.
        """
        now = self._clock()
        if now - (self._sending_since or now) > SLOW_AFTER_S:
            raise Closed(SLOW, "reading too slowly")
