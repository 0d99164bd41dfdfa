"""How does the bank get onto a port?"""

import asyncio
import socket
import struct
from collections.abc import Callable

import uvicorn
from litestar import Litestar
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

DRAIN_S = 1  # a hanging request does not keep the bank from stopping


class PortInUse(Exception):
    """Somebody else listens there."""


class ResettableProtocol(HttpToolsProtocol):
    """Lets a handler reset its connection, as a crashing back end does."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.app_state = {**self.app_state, "reset_connection": _resetter(transport)}


def _resetter(transport: asyncio.Transport) -> Callable[[], None]:
    def reset() -> None:
        no_linger = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, no_linger
        )
        transport.abort()

    return reset


def listening(host: str, port: int) -> socket.socket:
    """Raises PortInUse."""
    # Only where TCP is named does asyncio set TCP_NODELAY; else every answer takes 40 ms more.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortInUse(f"{host}:{port}: {error.strerror}") from error
    return listener


def server(app: Litestar) -> uvicorn.Server:
    """Serve with `.run(sockets=[listening(...)])`."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=ResettableProtocol,
            ws="none",
            log_level="warning",
            timeout_graceful_shutdown=DRAIN_S,
        )
    )
