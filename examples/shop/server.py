"""How does the shop answer over HTTP, and how does it say no?"""

from functools import partial
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath, FromQuery, JSONBody

from examples.acting import BackEnd, BadKey, Do, UnknownAction, performed
from examples.answer_book import KeyUsedTwice
from examples.bank.faults import Fault
from examples.bank.keys import HostKey
from examples.bank.signature import BadSignature
from examples.shop.actions import READS, WRITES, Act, UnknownOrder
from examples.shop.books import Books
from examples.shop.orders import NoRemedy
from examples.shop.people import PEOPLE

ISSUER = "shop"
LARGEST_REQUEST = 64 * 1024  # bytes

PROBLEMS: dict[type[Exception], tuple[int, str, str]] = {
    BadSignature: (401, "bad-signature", "The signature is not valid"),
    UnknownAction: (404, "unknown-action", "There is no such action"),
    UnknownOrder: (404, "unknown-order", "There is no such order"),
    NoRemedy: (409, "no-remedy", "Nothing is done about this order"),
    KeyUsedTwice: (409, "key-used-twice", "The Idempotency-Key was used for another request"),
    BadKey: (400, "bad-key", "A write needs an Idempotency-Key equal to its webhook-id"),
    msgspec.DecodeError: (400, "bad-request", "The body is not what was expected"),
    msgspec.ValidationError: (400, "bad-request", "The body is not what was expected"),
}


class Shop(BackEnd, frozen=True, kw_only=True):
    books: Books
    key: HostKey


@get("/token")
async def token(customer: FromQuery[str], shop: NamedDependency[Shop]) -> dict[str, str]:
    """Stands for the shop's own sign-in: here anybody may be any customer."""
    if customer not in PEOPLE:
        raise HTTPException(status_code=404, detail="there is no such customer")
    return {"token": shop.key.token(PEOPLE[customer], shop.now(), ISSUER)}


@get("/.well-known/jwks.json")
async def jwks(shop: NamedDependency[Shop]) -> dict[str, Any]:
    return shop.key.jwks


@post("/actions/{name:str}")
async def act(
    request: Request[Any, Any, Any], name: FromPath[str], shop: NamedDependency[Shop]
) -> Response[bytes]:
    reads, writes = _with_books(READS, shop), _with_books(WRITES, shop)
    return await performed(request, name, shop, shop.books, reads, writes)


@post("/faults", status_code=204)
async def plan_fault(data: JSONBody[Fault], shop: NamedDependency[Shop]) -> None:
    shop.faults.plan(data)


def create_app(shop: Shop, with_faults: bool = False) -> Litestar:
    return Litestar(
        [token, jwks, act, *([plan_fault] if with_faults else [])],
        dependencies={"shop": Provide(lambda: shop, sync_to_thread=False)},
        exception_handlers={**dict.fromkeys(PROBLEMS, _refused), HTTPException: _http_refused},
        request_max_body_size=LARGEST_REQUEST,
        openapi_config=None,
    )


def _with_books(acts: dict[str, Act], shop: Shop) -> dict[str, Do]:
    return {name: partial(act, shop.books, shop.today()) for name, act in acts.items()}


def _refused(_: Request[Any, Any, Any], error: Exception) -> Response[object]:
    kind = next(kind for kind in type(error).__mro__ if kind in PROBLEMS)
    status, slug, title = PROBLEMS[kind]
    return _problem(status, slug, title, str(error))


def _http_refused(_: Request[Any, Any, Any], error: HTTPException) -> Response[object]:
    return _problem(error.status_code, "refused", "The request was refused", error.detail)


def _problem(status: int, slug: str, title: str, detail: str) -> Response[object]:
    """RFC 9457."""
    return Response(
        {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
    )
