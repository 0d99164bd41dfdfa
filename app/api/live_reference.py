"""The live socket's own description: AsyncAPI 3, made of the structs that decode and encode."""

from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

import msgspec
from litestar import Request, get
from msgspec import Struct

from app.api import frames
from app.api.live import HELLO_WITHIN_S
from app.api.live_examples import EXAMPLES
from app.api.live_socket.close_codes import (
    BAD_FRAME,
    HELLO_LATE,
    LATER,
    ORIGIN,
    SIGN_IN,
    SILENT,
    SLOW,
)
from app.api.live_socket.outlet import SLOW_AFTER_S
from app.api.live_socket.reading import DEAD_AFTER_S
from app.api.permissions import MAY, Role, frame_operation
from app.api.schema import nodes

ABOUT = """What changes while a page is open, and what people write.

The first frame is `hello`, with the access token that `/openapi.json` tells how to get. Keep a
cursor per conversation, and each message until its `ack`: then nothing is lost, whatever happens
to the connection or the server. The rules stand in `docs/reference/live.md`.
"""

CLOSE_CODES: dict[int, tuple[str, str]] = {
    BAD_FRAME: ("a frame that cannot be read, or is not allowed there", "nothing: a bug of it"),
    SIGN_IN: ("not signed in, or not any more", "sign in again, then come back"),
    ORIGIN: ("this origin may not connect", "nothing"),
    HELLO_LATE: (f"no `hello` within {HELLO_WITHIN_S} s", "come back"),
    SLOW: (f"frames were not read for {SLOW_AFTER_S} s", "come back; nothing is lost"),
    SILENT: (f"nothing heard for {DEAD_AFTER_S} s", "come back"),
    1007: ("a text that is not UTF-8", "nothing: a bug of it"),
    1009: (f"a frame above {frames.MAX_FRAME // 1024} KiB", "nothing: a bug of it"),
    1012: ("the server restarts", "come back"),
    LATER: (
        "the database does not answer, or the server is about to stop and you are in no call",
        "come back",
    ),
}
"""Code -> what it means, what a client does."""

ANSWERED_BY: dict[type[Struct], tuple[type[Struct], ...]] = {
    frames.Hello: (frames.Welcome,),
    frames.Send: (frames.Ack, frames.Refused),
    frames.Watch: (frames.Tail, frames.ErrorFrame),
    frames.Sync: (frames.Tail, frames.ErrorFrame),
    frames.Ping: (frames.Pong,),
}

CHANNEL = {"$ref": "#/channels/live"}
SCHEMAS = "#/components/schemas/{name}"


@get("/asyncapi.json", include_in_schema=False)
async def asyncapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The description of the live socket, as this server is reached."""
    secure = request.url.scheme == "https"
    server = {
        "host": request.url.netloc,
        "protocol": "wss" if secure else "ws",
        "security": [{"$ref": "#/components/securitySchemes/accessToken"}],
    }
    return {**description(), "servers": {"this": server}}


@cache
def description() -> dict[str, Any]:
    """Both directions; "receive" is what a client sends, since this speaks of the server."""
    incoming, outgoing = get_args(frames.ClientFrame), get_args(frames.ServerFrame)
    every = [*incoming, *outgoing]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Warmline live",
            "version": "0.1.0",
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {"live": _channel(every)},
        "operations": {
            **{f"receive{kind.__name__}": _received(kind) for kind in incoming},
            "tell": {
                "action": "send",
                "channel": CHANNEL,
                "summary": "Whatever the server says, answers and what comes by itself.",
                "messages": [_of_channel(kind) for kind in outgoing],
            },
        },
        "components": {
            "messages": {kind.__name__: _message(kind) for kind in every},
            "schemas": _schemas(every),
            "securitySchemes": {
                "accessToken": {
                    "type": "apiKey",
                    "in": "password",
                    "description": "The access token of HTTP, as `token` of the first frame.",
                }
            },
        },
    }


def _channel(kinds: Iterable[type[Struct]]) -> dict[str, Any]:
    return {
        "address": "/v1/live",
        "title": "The live socket",
        "description": f"Frames are JSON texts of at most {frames.MAX_FRAME // 1024} KiB, told "
        "apart by `type`. A browser's `Origin` must be the server's own or an allowed one.",
        "messages": {
            kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"} for kind in kinds
        },
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        "x-close-codes": [
            {"code": code, "meaning": meaning, "client": does}
            for code, (meaning, does) in CLOSE_CODES.items()
        ],
    }


def _received(kind: type[frames.Incoming]) -> dict[str, Any]:
    may = MAY[frame_operation(kind)]
    operation: dict[str, Any] = {
        "action": "receive",
        "channel": CHANNEL,
        "summary": _summary(kind),
        "messages": [_of_channel(kind)],
        "x-may": [role.value for role in Role if role in may],
    }
    if answers := ANSWERED_BY.get(kind):
        operation["reply"] = {
            "channel": CHANNEL,
            "messages": [_of_channel(one) for one in answers],
        }
    return operation


def _of_channel(kind: type[Struct]) -> dict[str, str]:
    return {"$ref": f"#/channels/live/messages/{kind.__name__}"}


def _message(kind: type[Struct]) -> dict[str, Any]:
    tag = str(kind.__struct_config__.tag)
    message: dict[str, Any] = {
        "name": tag,
        "title": kind.__name__,
        "summary": _summary(kind),
        "contentType": "application/json",
        "payload": {"$ref": SCHEMAS.format(name=kind.__name__)},
        "examples": [{"name": tag, "payload": {"type": tag, **EXAMPLES[kind]}}],
    }
    if "cmid" in kind.__struct_fields__:
        message["correlationId"] = {"location": "$message.payload#/cmid"}
    return message


def _summary(kind: type[Struct]) -> str:
    return (kind.__doc__ or "").partition("\n\n")[0].strip()


def _schemas(kinds: Iterable[type[Struct]]) -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(kinds, ref_template=SCHEMAS)
    for node in nodes(schemas):
        # AsyncAPI's is the name of a schema, and the tags here are none: each has one by itself.
        if isinstance(node.get("discriminator"), dict):
            del node["discriminator"]
    return schemas


ROUTES = [asyncapi]
