"""Runs the application: migrations first, then uvicorn with the settings a phone needs."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from types import FrameType
from typing import Any

import structlog
import uvicorn
from litestar import Litestar

from app.api.frames import MAX_FRAME
from app.config import Config, listed
from app.main import create_app
from app.socket_protocol import SocketProtocol
from migrations.run import upgrade
from rtc.addresses import own
from rtc.engine import Engine
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig

STOP_WITHIN_S = 5

log = structlog.get_logger()


class PortTaken(Exception):
    """Somebody else listens there already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is in use: stop what listens there, or set WARMLINE_PORT"
        )


class _Server(uvicorn.Server):
    """Says when it can be reached, and lets calls end before it stops."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        leave: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._leave = leave
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leaving: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._loop = asyncio.get_running_loop()
            # What is here now stays. Else every full collection walks its 135,000 objects, and for
            # 100 ms nothing is answered.
            gc.collect()
            gc.freeze()
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal waits for calls, the second one for nothing."""
        if self._loop is None:
            super().handle_exit(sig, frame)
        else:
            self._loop.call_soon_threadsafe(self._told_to_stop, sig)

    def _told_to_stop(self, sig: int) -> None:
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())
            self._leaving.add_done_callback(lambda _: super(_Server, self).handle_exit(sig, None))
        elif not self._leaving.cancel():
            super().handle_exit(sig, None)


def serve(
    config: Config,
    ready: Callable[[], None] = lambda: None,
    stopping: Callable[[], None] = lambda: None,
    more_routes: Sequence[Any] = (),
) -> None:
    """Serve until SIGTERM or Ctrl-C, in this process alone.

    `ready` is called once requests are answered; `stopping` before it waits for those that are
    open, so that streams without an end can be ended.
    """
    asyncio.run(upgrade(config.resolved_database_url))
    listener = listen(config)
    run(config, listener, RelayEngine(relay_config(config)), ready, stopping, more_routes)


def run(
    config: Config,
    listener: socket.socket,
    engine: Engine,
    ready: Callable[[], None] = lambda: None,
    stopping: Callable[[], None] = lambda: None,
    more_routes: Sequence[Any] = (),
) -> None:
    """Serve what comes to this socket, as `serve` does; the database is migrated already."""
    # uvicorn ends by the signal that stopped it; as an exception it lets others clean up, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    app = create_app(config, engine, more_routes)

    async def leave() -> None:
        await app.state.leave()
        stopping()

    server = _Server(uvicorn_config(config, app), ready, leave)
    server.run(sockets=[listener])


def relay_config(config: Config) -> RelayConfig:
    addresses: list[str] = []
    for one in listed(config.media_addresses):
        addresses += own() if one == "own" else (one,)
    return RelayConfig(addresses=tuple(addresses), port=config.media_port)


def listen(config: Config) -> socket.socket:
    """A socket bound to the configured address. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where TCP is named (uvloop always does).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError:
        listener.close()
        raise PortTaken(config.host, config.port) from None
    return listener


def _is_ours(record: logging.LogRecord) -> bool:
    """A client that sends what is no text is closed with 1007; it must not fill the log."""
    return record.msg != "Invalid UTF-8 sequence received from client."


def uvicorn_config(config: Config, app: Litestar) -> uvicorn.Config:
    logging.getLogger("uvicorn.error").addFilter(_is_ours)
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        # websockets-sansio takes 15-20 % less CPU per message than wsproto; deflate would cost
        # 120 KiB a socket.
        ws=SocketProtocol,
        ws_per_message_deflate=False,
        ws_max_size=MAX_FRAME,
        # Whoever is believed says where a request comes from, which passwords are counted by.
        forwarded_allow_ips=listed(config.proxies),
        ws_ping_interval=None,  # clients ping and are dead after 25 s of silence
        timeout_graceful_shutdown=STOP_WITHIN_S,
        ssl_certfile=config.tls_cert or None,
        ssl_keyfile=config.tls_key or None,
        server_header=False,
        access_log=False,
        log_config=None,
    )
