"""How does one process hold thousands of WebSockets and still leave the server the slower side?

A client of RFC 6455 without extensions: text frames only, on a bare asyncio.Protocol.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import cast

OPENED_WITHIN_S = 10.0
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FINAL, MASKED = 0x80, 0x80
NO_STATUS, GONE = 1005, 1006


class WebSocket(asyncio.Protocol):
    """`hear` gets each text; `closed` is done with the close code when the connection is over."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[bool] = loop.create_future()
        self.closed: asyncio.Future[int] = loop.create_future()
        self.heard_at = loop.time()
        self._hear = hear
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._parts = b""
        self._code = GONE

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def ask(self, host: str, path: str) -> None:
        """Ask for the upgrade."""
        self._write(upgrade_request(host, path))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_result(False)
        if not self.closed.done():
            self.closed.set_result(self._code)

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._loop.time()
        self._buffer += data
        if self.opened.done() or self._upgraded():
            self._take_frames()

    def _upgraded(self) -> bool:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        accepted = head.startswith(b"HTTP/1.1 101")
        self.opened.set_result(accepted)
        self._buffer = bytearray(rest)
        return accepted

    def _take_frames(self) -> None:
        buffer, at = self._buffer, 0
        while (begin_end := _payload(buffer, at)) is not None:
            begin, end = begin_end
            self._take(buffer[at], bytes(buffer[begin:end]))
            at = end
        del buffer[:at]

    def _take(self, first: int, payload: bytes) -> None:
        match first & 0x0F:
            case 0 | 1:
                self._take_text(first, payload)
            case 0x9:
                self._write(_frame(PONG, payload))
            case 0x8:
                self._code = int.from_bytes(payload[:2], "big") if payload else NO_STATUS
                self._write(_frame(CLOSE, payload[:2]))
                self.abort()

    def _take_text(self, first: int, payload: bytes) -> None:
        self._parts += payload
        if first & FINAL and not self.closed.done():
            text, self._parts = self._parts, b""
            self._hear(text)

    def send(self, text: bytes) -> None:
        """Lost without a word where the connection is over."""
        self._write(text_frame(text))

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort() if self._code == GONE else self._transport.close()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


def _payload(buffer: bytearray, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `at` begins and ends; None until all of it is here."""
    if len(buffer) < at + 2:
        return None
    size, begin = buffer[at + 1] & 0x7F, at + 2
    if size >= 126:
        width = 2 if size == 126 else 8
        begin += width
        if len(buffer) < begin:
            return None
        size = int.from_bytes(buffer[begin - width : begin], "big")
    return (begin, begin + size) if len(buffer) >= begin + size else None


def _frame(kind: int, payload: bytes) -> bytes:
    """Masked with zeros, which changes nothing and so costs nothing."""
    size = len(payload)
    if size < 126:
        return bytes((FINAL | kind, MASKED | size, 0, 0, 0, 0)) + payload
    return bytes((FINAL | kind, MASKED | 126, size >> 8, size & 0xFF, 0, 0, 0, 0)) + payload


def text_frame(text: bytes) -> bytes:
    return _frame(TEXT, text)


def upgrade_request(host: str, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket"]
    lines += ["Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    return "\r\n".join([*lines, "", ""]).encode()


async def connect(port: int, path: str, hear: Callable[[bytes], None]) -> WebSocket:
    """Raises OSError (ConnectionError, TimeoutError) where nobody answers or the answer is no."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(OPENED_WITHIN_S):
        _, socket = await loop.create_connection(lambda: WebSocket(hear), "127.0.0.1", port)
        try:
            socket.ask(f"localhost:{port}", path)
            opened = await asyncio.shield(socket.opened)
        except BaseException:
            socket.abort()
            raise
    if not opened:
        socket.abort()
        raise ConnectionError("the server refused the upgrade")
    return socket
