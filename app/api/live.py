"""One WebSocket per open page: who may open it, and how it ends."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from app.api import frames
from app.api.live_socket.close_codes import (
    BAD_FRAME,
    HELLO_LATE,
    LATER,
    ORIGIN,
    SIGN_IN,
    Closed,
)
from app.api.live_socket.needs import Live
from app.api.live_socket.reading import decoded
from app.api.live_socket.serving import serve
from app.api.permissions import frame_operation, must_be_allowed
from app.auth.caller import Caller, SignInRequired, WrongRole, caller_of
from app.calls import in_call
from app.store.away import DatabaseAway

HELLO_WITHIN_S = 5
GOODBYE_WITHIN_S = 5  # where nobody reads it, the connection is cut
LONGEST_REASON = 123  # bytes that a close frame has room for (RFC 6455, 5.5)


@websocket("/v1/live")
async def live(socket: WebSocket[Any, Any, Any], live: NamedDependency[Live]) -> None:
    """Serve one page until it goes away."""
    await socket.accept()
    try:
        _check_origin(socket, live.origins)
        hello = await _hello(socket)
        who = await _admitted(live, hello.token)
        await serve(socket, live, who, hello)
    except* WebSocketDisconnect:
        pass
    except* Closed as closed:
        error = closed.exceptions[0]
        code, reason = (error.code, error.reason) if isinstance(error, Closed) else (1011, "")
        await _close(socket, code, reason)
    except* (SignInRequired, WrongRole):
        await _close(socket, SIGN_IN, "sign in first")
    except* DatabaseAway:
        await _close(socket, LATER, "come back in a moment")


async def _admitted(live: Live, token: str) -> Caller:
    """Who it is; a server that is about to stop takes nobody but those in a call."""
    async with live.store.read() as work:
        who = await caller_of(work, token)
        if live.leaving.is_set() and not await in_call(work, who):
            raise Closed(LATER, "the server is about to stop")
    must_be_allowed(who, frame_operation(frames.Hello))
    return who


async def _close(socket: WebSocket[Any, Any, Any], code: int, reason: str) -> None:
    """Nothing is left to do where uvicorn closed it meanwhile (1007, 1009), which it then says."""
    fitting = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
    with suppress(RuntimeError, TimeoutError):
        async with asyncio.timeout(GOODBYE_WITHIN_S):
            await socket.close(code=code, reason=fitting)


def _check_origin(socket: WebSocket[Any, Any, Any], allowed: frozenset[str]) -> None:
    """Browsers always send an Origin; neither CORS nor CSRF protection covers WebSockets."""
    origin = socket.headers.get("origin")
    if origin is None or origin in allowed:
        return
    if urlsplit(origin).netloc != socket.headers.get("host"):
        raise Closed(ORIGIN, "this origin may not connect")


async def _hello(socket: WebSocket[Any, Any, Any]) -> frames.Hello:
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            frame = decoded(await socket.receive_text())
    except TimeoutError:
        raise Closed(HELLO_LATE, f"no hello within {HELLO_WITHIN_S} s") from None
    if not isinstance(frame, frames.Hello):
        raise Closed(BAD_FRAME, "the first frame is hello")
    return frame
