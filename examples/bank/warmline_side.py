"""What does the bank do when Warmline asks, signed?"""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from examples.bank.actions import READS, WRITES, Act
from examples.bank.actions import Request as Asked
from examples.bank.bank import Bank
from examples.bank.books import Answer
from examples.bank.faults import Fault, FaultKind
from examples.bank.signature import verify

HttpRequest = Request[Any, Any, Any]


class UnknownAction(Exception):
    """This bank can do no such thing."""


class BadKey(Exception):
    """A write needs an Idempotency-Key, and the signature has to cover it as the webhook-id."""


class CodeMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The body of POST /codes; `purpose` is what the customer is about to do, in few words."""

    customer: str
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,10}$")]
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@post("/actions/{name:str}")
async def act(
    request: HttpRequest, name: FromPath[str], bank: NamedDependency[Bank]
) -> Response[bytes]:
    webhook_id, body = await _signed(request, bank)
    asked = msgspec.json.decode(body, type=Asked)
    if asked.name != name or name not in READS | WRITES:
        raise UnknownAction(name)
    if name in READS:
        return await _answered(
            request, bank.faults.next(name), lambda: _acted(bank, READS[name], asked)
        )
    if request.headers.get("idempotency-key") != webhook_id:
        raise BadKey
    fingerprint = hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()
    return await _answered(
        request,
        bank.faults.next(name),
        lambda: bank.books.once(webhook_id, fingerprint, lambda: _acted(bank, WRITES[name], asked)),
    )


@post("/codes")
async def send_code(request: HttpRequest, bank: NamedDependency[Bank]) -> Response[bytes]:
    webhook_id, body = await _signed(request, bank)
    message = msgspec.json.decode(body, type=CodeMessage)
    person = bank.customer(message.customer)

    def send() -> Answer:
        text = (
            f"{message.code} is your Harbour Bank code for “{message.purpose}”. "
            "Nobody from the bank will ever ask you for it."
        )
        bank.books.send_message(webhook_id, person.id, text, message.code, bank.now())
        return Answer(202, msgspec.json.encode({"result": {"channel": person.codes}}))

    return await _answered(request, bank.faults.next("codes"), send)


@post("/faults", status_code=204)
async def plan_fault(data: JSONBody[Fault], bank: NamedDependency[Bank]) -> None:
    bank.faults.plan(data)


WARMLINE_SIDE: list[ControllerRouterHandler] = [act, send_code]


async def _signed(request: HttpRequest, bank: Bank) -> tuple[str, bytes]:
    body = await request.body()
    return verify(bank.secret, request.headers, body, bank.now()), body


def _acted(bank: Bank, action: Act, asked: Asked) -> Answer:
    return Answer(200, msgspec.json.encode({"result": action(bank.books, asked, bank.today())}))


async def _answered(
    request: HttpRequest, fault: Fault | None, act: Callable[[], Answer]
) -> Response[bytes]:
    match fault.kind if fault else None:
        case FaultKind.HANG:
            await _client_left(request)
            return Response(b"", status_code=503)
        case FaultKind.HTML:
            return Response(b"<h1>We'll be back soon</h1>", media_type=MediaType.HTML)
        case FaultKind.BROKEN:
            return Response(b"Internal Server Error", status_code=500, media_type=MediaType.TEXT)
    answer = act()
    match fault:
        case Fault(kind=FaultKind.RESET):
            request.scope["state"]["reset_connection"]()
        case Fault(kind=FaultKind.LATE, delay_s=delay_s):
            await asyncio.sleep(delay_s)
    return Response(answer.body, status_code=answer.status, media_type=MediaType.JSON)


async def _client_left(request: HttpRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
