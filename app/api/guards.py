"""What every request passes before it reaches its handler: size, no NUL, a caller."""

import re
from typing import Annotated, Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import HeaderParameter, SkipValidation
from litestar.types import BeforeMessageSendHookHandler, Message, Scope

from app.auth.access_token import hash_of
from app.auth.caller import Caller, SignInRequired
from app.config import listed
from app.conversation.people import Agent, Customer
from app.runs.client import Client
from selfservice.downgrade import CAPS, LEVEL, App

MAX_BODY = 384 * 1024
"""The largest body: a context of 256 KiB, escaped."""

# An even number of backslashes before it would make it the text "\u0000", which is harmless.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000|\x00")


class NotStorable(HTTPException):
    """PostgreSQL keeps no NUL in text or JSON; SQLite does, so it is refused for both."""

    status_code = 400
    detail = "text must not contain the character NUL (U+0000)"


async def before(request: Request[Any, Any, Any]) -> None:
    """Refuse text that no database could keep."""
    if request.method in {"POST", "PUT", "PATCH"} and NUL.search(await request.body()):
        raise NotStorable


async def unread(request: Request[Any, Any, Any]) -> None:
    """Instead of `before`, where the body is no text and too large to be read at once."""


WhoeverCalls = NamedDependency[SkipValidation[Caller]]
"""The caller, where both kinds may call. Litestar cannot check a union of two structs."""


def with_headers(headers: dict[str, str]) -> BeforeMessageSendHookHandler:
    """Every response carries these headers, also what the framework answers by itself."""

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            sent = MutableScopeHeaders.from_message(message)
            for name, value in headers.items():
                sent.setdefault(name, value)

    return add


def bearer(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SignInRequired
    return token


# app/api/permissions.py found out who calls and let nobody else through. Three functions, because
# Litestar provides no function under two names.


def caller(request: Request[Caller, Any, Any]) -> Caller:
    return request.user


def customer(request: Request[Customer, Any, Any]) -> Customer:
    return request.user


Caps = Annotated[
    str | None,
    HeaderParameter(
        name="X-Caps",
        max_length=200,
        description="What the app can do, comma-separated: `passkey`, `sign`, `camera`, `map`.",
    ),
]
UiLevel = Annotated[
    int | None,
    HeaderParameter(
        name="X-UI",
        ge=1,
        le=1000,
        description="Which components the app can draw; without it: the newest.",
    ),
]


def client(
    request: Request[Customer, Any, Any], x_caps: Caps = None, x_ui: UiLevel = None
) -> Client:
    """The access token by which the customer asks, and what their app can do and draw."""
    caps = frozenset(listed(x_caps or ""))
    drawn = CAPS if x_caps is None else CAPS & caps
    app = App(level=min(x_ui or LEVEL, LEVEL), caps=drawn)
    return Client(sign_in=hash_of(bearer(request)), caps=caps, app=app)


def agent(request: Request[Agent, Any, Any]) -> Agent:
    return request.user
