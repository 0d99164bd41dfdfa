"""uvicorn's WebSockets, but what nobody reads neither piles up nor stays.

A transport's `close` waits until everything written before was read. A page that reads nothing, or
a phone that vanished, would hold its socket and its buffer for as long as it likes.
"""

from asyncio import BaseTransport, TimerHandle, Transport
from typing import cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.gathering import Gathering

CUT_AFTER_S = 11.0
"""From the end of the conversation; uvicorn waits 10 s of it for the other side's close frame."""


class SocketProtocol(WebSocketsSansIOProtocol):
    _cut: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast(BaseTransport, Gathering(cast(Transport, transport))))

    def handle_ping(self) -> None:
        """uvicorn answers at once, also where the other side takes nothing."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()  # the pong, which is dropped

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if not self.disconnected:
            self._cut = self.loop.call_later(CUT_AFTER_S, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._cut is not None:
            self._cut.cancel()
