"""How does the bank answer over HTTP, and how does it say no?"""

from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException

from examples.acting import BadKey, UnknownAction
from examples.answer_book import KeyUsedTwice
from examples.bank.actions import UnknownCard, UnknownCharge
from examples.bank.app_side import APP_SIDE
from examples.bank.bank import Bank, UnknownCustomer
from examples.bank.signature import BadSignature
from examples.bank.warmline_side import WARMLINE_SIDE, plan_fault

LARGEST_REQUEST = 64 * 1024  # bytes

PROBLEMS: dict[type[Exception], tuple[int, str, str]] = {
    BadSignature: (401, "bad-signature", "The signature is not valid"),
    UnknownAction: (404, "unknown-action", "There is no such action"),
    UnknownCard: (404, "unknown-card", "There is no such card"),
    UnknownCharge: (404, "unknown-charge", "There is no such charge"),
    UnknownCustomer: (404, "unknown-customer", "There is no such customer"),
    KeyUsedTwice: (409, "key-used-twice", "The Idempotency-Key was used for another request"),
    BadKey: (400, "bad-key", "A write needs an Idempotency-Key equal to its webhook-id"),
    msgspec.DecodeError: (400, "bad-request", "The body is not what was expected"),
    msgspec.ValidationError: (400, "bad-request", "The body is not what was expected"),
}


def create_app(bank: Bank, origins: list[str], with_faults: bool = False) -> Litestar:
    """`origins` are those that pages of the bank's app come from."""
    return Litestar(
        [*APP_SIDE, *WARMLINE_SIDE, *([plan_fault] if with_faults else [])],
        dependencies={"bank": Provide(lambda: bank, sync_to_thread=False)},
        exception_handlers={**dict.fromkeys(PROBLEMS, _refused), HTTPException: _http_refused},
        cors_config=CORSConfig(allow_origins=origins, allow_methods=["GET"]),
        request_max_body_size=LARGEST_REQUEST,
        openapi_config=None,
    )


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
