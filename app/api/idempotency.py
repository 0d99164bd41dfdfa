"""A POST takes an Idempotency-Key: sent again, it has no second effect and the same answer."""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar, get_type_hints

from litestar import Litestar, Request
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, SkipValidation

from app.api.permissions import BadTable, operations
from app.auth.caller import Caller
from app.kept import Once
from app.store.work import Store
from app.vault import Vault

T = TypeVar("T")
Handler = Callable[..., Coroutine[Any, Any, T]]

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Names one request of this caller, for a day: a repeat is answered alike.",
    ),
]

DoneOnce = NamedDependency[SkipValidation[Once]]
"""For a handler whose transaction is elsewhere; others take `idempotent`."""

WITHOUT_KEY = {
    "POST /v1/sign-in/customer": "nobody is signed in yet whose key it could be",
    "POST /v1/sign-in/anonymous": "nobody is signed in yet whose key it could be",
    "POST /v1/sign-in/agent": "nobody is signed in yet whose key it could be",
    "POST /v1/sign-in/invitation": "nobody is signed in yet whose key it could be",
    "POST /v1/admin/company/plan": "it writes nothing",
    "POST /v1/conversations/{id}/files": "a second upload is a file that no message names",
    "POST /demo/bank/{path}": "passed on as it is",
    "POST /demo/push/{path}": "passed on as it is",
}
"""Operations that take no key -> why not."""


async def once(
    request: Request[Caller, Any, Any],
    store: NamedDependency[Store],
    vault: NamedDependency[Vault],
    idempotency_key: IdempotencyKey = None,
) -> Once:
    """This request, of this caller."""
    asked = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return Once(store, request.user.id, idempotency_key, vault.fingerprint(asked))


def idempotent(handler: Handler[T]) -> Handler[T]:
    """Make the handler one transaction, which is given to it as `work`, and keep its answer in it.

    Litestar sees the handler with `once` in place of `work`.
    """
    answer_type = get_type_hints(handler)["return"]

    @wraps(handler)
    async def done_once(*, once: Once, **given: Any) -> T:
        return await once(lambda work: handler(**given, work=work), answer_type)

    seen = signature(handler)
    for_litestar = {name: one for name, one in seen.parameters.items() if name != "work"}
    for_litestar["once"] = Parameter("once", Parameter.KEYWORD_ONLY, annotation=DoneOnce)
    done_once.__signature__ = seen.replace(parameters=list(for_litestar.values()))  # type: ignore[attr-defined]
    done_once.__annotations__ = {"once": DoneOnce} | {
        name: hint for name, hint in handler.__annotations__.items() if name != "work"
    }
    return done_once


def check(app: Litestar) -> None:
    """Raises BadTable where a POST would have a second effect when it is sent again."""
    for operation, handler in operations(app):
        takes_it = "once" in handler.parsed_fn_signature.parameters
        if operation.startswith("POST ") and not takes_it and operation not in WITHOUT_KEY:
            raise BadTable(f"{operation} takes no Idempotency-Key; see app/api/idempotency.py")
