"""How does a company's back end do what Warmline asks, signed, and fail where a test wants it?"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from litestar import MediaType, Response
from litestar import Request as HttpRequest

from examples.answer_book import Answer, AnswerBook
from examples.bank.faults import Fault, FaultKind, Faults
from examples.bank.signature import verify


class UnknownAction(Exception):
    """This company can do no such thing."""


class BadKey(Exception):
    """A write needs an Idempotency-Key, and the signature has to cover it as the webhook-id."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The body of POST /actions/{name}."""

    name: str
    input: dict[str, Any]
    customer: str
    run_id: str


def utc_now() -> datetime:
    return datetime.now(UTC)


class BackEnd(msgspec.Struct, frozen=True, kw_only=True):
    """What the handlers of every company share."""

    secret: bytes
    faults: Faults = msgspec.field(default_factory=Faults)
    now: Callable[[], datetime] = utc_now

    def today(self) -> date:
        return self.now().date()


Do = Callable[[Request], dict[str, Any]]


async def performed(
    http: HttpRequest[Any, Any, Any],
    name: str,
    back_end: BackEnd,
    book: AnswerBook,
    reads: Mapping[str, Do],
    writes: Mapping[str, Do],
) -> Response[bytes]:
    """The answer to an action. Raises UnknownAction, BadKey, BadSignature, KeyUsedTwice."""
    webhook_id, body = await signed(http, back_end)
    asked = msgspec.json.decode(body, type=Request)
    if asked.name != name or name not in {*reads, *writes}:
        raise UnknownAction(name)
    fault = back_end.faults.next(name)
    if name in reads:
        return await answered(http, fault, lambda: _done(reads[name], asked))
    if http.headers.get("idempotency-key") != webhook_id:
        raise BadKey
    fingerprint = hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()
    return await answered(
        http,
        fault,
        lambda: book.once(webhook_id, fingerprint, lambda: _done(writes[name], asked)),
    )


async def signed(http: HttpRequest[Any, Any, Any], back_end: BackEnd) -> tuple[str, bytes]:
    """The webhook-id and the body of a request from Warmline. Raises BadSignature."""
    body = await http.body()
    return verify(back_end.secret, http.headers, body, back_end.now()), body


async def answered(
    http: HttpRequest[Any, Any, Any], fault: Fault | None, act: Callable[[], Answer]
) -> Response[bytes]:
    """What `act` answers, unless this fault comes in between."""
    match fault.kind if fault else None:
        case FaultKind.HANG:
            await _client_left(http)
            return Response(b"", status_code=503)
        case FaultKind.HTML:
            return Response(b"<h1>We'll be back soon</h1>", media_type=MediaType.HTML)
        case FaultKind.BROKEN:
            return Response(b"Internal Server Error", status_code=500, media_type=MediaType.TEXT)
    answer = act()
    match fault:
        case Fault(kind=FaultKind.RESET):
            http.scope["state"]["reset_connection"]()
        case Fault(kind=FaultKind.LATE, delay_s=delay_s):
            await asyncio.sleep(delay_s)
    return Response(answer.body, status_code=answer.status, media_type=MediaType.JSON)


def _done(do: Do, asked: Request) -> Answer:
    return Answer(200, msgspec.json.encode({"result": do(asked)}))


async def _client_left(http: HttpRequest[Any, Any, Any]) -> None:
    while (await http.receive())["type"] != "http.disconnect":
        pass
