"""How does this server ask the company's own back end to do something?

Everything that leaves for a back end leaves here: signed (Standard Webhooks 1.0), with a deadline,
to checked addresses only, without redirects, and never logged with its contents.

A write ends in one of three ways: ActionOk and ActionError are certain, ActionUnknown means that it
may have happened, so nobody may just repeat it. A read changes nothing: it is repeated, and is
never unknown.

    BadBackend   the configuration of the back end cannot be used; carries the place in it
"""

import asyncio
import hashlib
import hmac
import random
import re
import socket
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID, uuid4

import aiohttp
import msgspec
import structlog
from yarl import URL

from app.addresses import may_connect, networks

LARGEST_ANSWER = 256 * 1024  # bytes
ATTEMPTS = 3
FIRST_PAUSE_S = 0.1  # doubles with each attempt; a random part of it is waited
SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets start with, not one of them
SHORTEST_SECRET = 24  # bytes, as Standard Webhooks asks for

_ACTION_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")

log = structlog.get_logger()


class ActionOk(msgspec.Struct, frozen=True, kw_only=True, tag="ok"):
    """Done; this is what the back end says to it."""

    result: dict[str, Any]


class ActionError(msgspec.Struct, frozen=True, kw_only=True, tag="error"):
    """Certainly not done: not received, or refused."""

    code: str
    detail: str = ""


class ActionUnknown(msgspec.Struct, frozen=True, kw_only=True, tag="unknown"):
    """Perhaps done: sent, but without a clear answer."""

    reason: str


ActionResult = ActionOk | ActionError | ActionUnknown


class BadBackend(Exception):
    """The back end cannot be reached as it is configured."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class _AddressRefused(OSError):
    """This is not an address to connect to."""


class _Unclear(Exception):
    """Sent, but what came back says neither yes nor no."""


class _Answer(msgspec.Struct):
    result: dict[str, Any]


class _Accepted(msgspec.Struct):
    result: dict[str, Any] = {}


class _Problem(msgspec.Struct):
    type: str = ""
    title: str = ""


class _Message(msgspec.Struct, kw_only=True):
    """One request and how far it got."""

    path: str
    body: bytes
    id: str
    writes: bool
    answer: type[_Answer] | type[_Accepted] = _Answer
    allowed: int = ATTEMPTS
    attempts: int = 0
    sent: bool = False


class Egress:
    """The back end at `base_url`. Use as `async with Egress(...) as egress`."""

    def __init__(self, base_url: str, secret: str, allowed: Iterable[str] = ()) -> None:
        """`allowed` are networks beyond the public ones (`addresses.LOOPBACK`, 10.0.0.0/8); plain
        HTTP goes only to these. Raises BadBackend.
        """
        self._base = _base_url(base_url)
        self._secret = _secret(secret)
        try:
            self._allowed = networks(allowed)
        except ValueError as error:
            raise BadBackend("allowed", str(error)) from error

    async def __aenter__(self) -> Self:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_headers_sent.append(_note_sent)
        self._http = aiohttp.ClientSession(
            # A kept connection that the back end has just closed looks like a lost answer, and
            # would make writes unknown that nobody received: one connection per request.
            connector=aiohttp.TCPConnector(force_close=True, socket_factory=self._socket),
            auto_decompress=False,  # or 256 KiB of gzip would be 256 MiB of answer
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # the deadline is ours, over all attempts
            trace_configs=[tracing],
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def call_action(
        self,
        name: str,
        input: dict[str, Any],
        *,
        customer: str,
        run_id: UUID,
        key: str | None,
        timeout_s: float,
        attempts: int = ATTEMPTS,
    ) -> ActionResult:
        """`key` makes it a write: at the back end one key has one result for ever. None: a read.

        At most so many `attempts` within the time-out; no more once a write may have arrived.
        """
        if not _ACTION_NAME.fullmatch(name):
            return ActionError(code="unknown_action", detail="not the name of an action")
        body = {"name": name, "input": input, "customer": customer, "run_id": run_id}
        message = _Message(
            path=f"actions/{name}",
            body=msgspec.json.encode(body, order="deterministic"),
            id=key or str(uuid4()),  # so the signature covers the key
            writes=key is not None,
            allowed=attempts,
        )
        return await self._deliver(message, timeout_s)

    async def send_code(
        self, customer: str, code: str, purpose: str, *, timeout_s: float = 5.0
    ) -> ActionResult:
        """The back end sends the one-time code to the customer; `purpose` is read by them."""
        body = {"customer": customer, "code": code, "purpose": purpose}
        message = _Message(
            path="codes",
            body=msgspec.json.encode(body),
            id=str(uuid4()),
            writes=True,
            answer=_Accepted,
        )
        return await self._deliver(message, timeout_s)

    async def _deliver(self, message: _Message, timeout_s: float) -> ActionResult:
        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                result = await self._tried(message)
        except TimeoutError:
            result = _unclear(message, "timeout")
        log.info(
            "back end asked",
            path=message.path,
            outcome=type(result).__name__,
            why=getattr(result, "code", getattr(result, "reason", None)),
            attempts=message.attempts,
            ms=round(1000 * (time.monotonic() - started)),
        )
        return result

    async def _tried(self, message: _Message) -> ActionResult:
        while True:
            message.attempts += 1
            message.sent = False
            try:
                return await self._attempt(message)
            except aiohttp.ClientError as error:
                if isinstance(error.__cause__, _AddressRefused):
                    return ActionError(code="forbidden_address")
                result = _unclear(message, "connection_lost" if message.sent else "unreachable")
            except _Unclear as unclear:
                result = _unclear(message, str(unclear))
            if message.attempts >= message.allowed or isinstance(result, ActionUnknown):
                return result
            await asyncio.sleep(_pause_s(message.attempts))

    async def _attempt(self, message: _Message) -> ActionResult:
        async with self._http.post(
            self._base / message.path,
            data=message.body,
            headers=self._headers(message),
            allow_redirects=False,
            trace_request_ctx=message,
        ) as response:
            body = await _capped(response)
        if 200 <= response.status < 300:
            return _done(message, body)
        if 400 <= response.status < 500 and response.status != 409:
            return _refused(response.status, body)
        # 409: this key is in use, perhaps by an attempt of ours that is still being worked on.
        raise _Unclear(f"http_{response.status}")

    def _headers(self, message: _Message) -> dict[str, str]:
        now = int(time.time())
        headers = {
            "Accept": "application/json, application/problem+json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "Warmline",
            "webhook-id": message.id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._secret, message.id, now, message.body),
        }
        return headers | ({"Idempotency-Key": message.id} if message.writes else {})

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        host = str(address[0])
        if not may_connect(host, self._allowed, encrypted=self._base.scheme == "https"):
            raise _AddressRefused(host)
        return socket.socket(family, kind, protocol)


def signature(secret: bytes, id: str, timestamp: int, body: bytes) -> str:
    """Standard Webhooks 1.0, symmetric; `timestamp` in seconds."""
    digest = hmac.new(secret, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"


async def _note_sent(_: aiohttp.ClientSession, context: Any, __: object) -> None:
    """Called just before the first byte leaves: from here on it may have been received."""
    context.trace_request_ctx.sent = True


async def _capped(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise _Unclear("too_large")
    return bytes(body)


def _done(message: _Message, body: bytes) -> ActionOk:
    try:
        return ActionOk(result=msgspec.json.decode(body, type=message.answer).result)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _Unclear("not_json") from None  # the cause would quote the answer


def _refused(status: int, body: bytes) -> ActionError:
    """A problem of RFC 9457 tells its code as the end of its type."""
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        problem = _Problem()
    code = problem.type.rpartition("/")[2]
    return ActionError(
        code=code if _CODE.fullmatch(code) else f"http_{status}", detail=problem.title[:200]
    )


def _unclear(message: _Message, reason: str) -> ActionError | ActionUnknown:
    if message.writes and message.sent:
        return ActionUnknown(reason=reason)
    return ActionError(code=reason)


def _pause_s(attempts: int) -> float:
    longest = FIRST_PAUSE_S * 2 ** (attempts - 1)
    return random.uniform(0, longest)  # noqa: S311 - spreads retries, guards nothing


def _base_url(text: str) -> URL:
    try:
        url = URL(text)
    except ValueError as error:
        raise BadBackend("base_url", str(error)) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise BadBackend("base_url", "is not an http or https address")
    if url.user or url.password or url.query_string or url.fragment:
        raise BadBackend("base_url", "holds more than a host and a path")
    return url


def _secret(text: str) -> bytes:
    try:
        secret = b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError as error:
        raise BadBackend("secret", "is not base64") from error
    if not text.startswith(SECRET_PREFIX) or len(secret) < SHORTEST_SECRET:
        raise BadBackend("secret", f"is not {SECRET_PREFIX} and {SHORTEST_SECRET} bytes in base64")
    return secret
