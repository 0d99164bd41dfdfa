"""Which error is which problem: the only place where domain errors meet HTTP."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.types import ExceptionHandlersMap
from msgspec.structs import replace

from app.api.problem import FieldError, Problem, response
from app.auth.allowance import TooOften
from app.auth.caller import SignInRequired, WrongRole
from app.auth.customer_token import TokenRefused
from app.calls import StaleDescription
from app.company.invitation import InvitationOver
from app.conversation.capsule import BadChange
from app.conversation.errors import (
    AlreadyAnswered,
    AlreadyOpen,
    CallbackOpen,
    DoesNotFit,
    NotAllowed,
    NotFound,
    SignInForThis,
    Stale,
    TimeRefused,
    TooLate,
    TooMany,
    UnknownDisposition,
)
from app.conversation.redaction import TooLarge
from app.files.errors import FileRefused
from app.ids import new_id
from app.kept import KeyReused
from app.messages import NotStored
from app.passkeys.registering import ProofNeeded, TooManyKeys
from app.runs.errors import AnswerRefused, InputsRefused, StaleRun
from app.store.away import DatabaseAway
from app.store.plain import Unstorable
from rtc.engine import BadDescription, UnknownCall, WorkerLost
from selfservice.codes import TooSoon
from selfservice.errors import NotAllowed as RunNotAllowed

Handler = Callable[[Request[Any, Any, Any], Exception], Response[Problem]]
UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.+)`")

log = structlog.get_logger()


class WrongPassword(Exception):
    """E-mail address or password do not fit; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__("e-mail address or password do not fit")


class SetupRefused(Exception):
    """The company would not make sense; the pointer leads to what is wrong in the body."""

    def __init__(self, problem: str, pointer: str | None = None) -> None:
        super().__init__(problem)
        self.pointer = pointer


class VersionDiffers(Exception):
    """It is not the version that was looked at; empty: there is none."""

    def __init__(self, present: str) -> None:
        there = f"its version is {present}" if present else "there is none"
        super().__init__(f"If-Match does not fit: {there}")


class Leaving(Exception):
    """Another server has to be asked, or this one when it is back."""

    def __init__(self) -> None:
        super().__init__("the server is about to stop")


KINDS: dict[type[Exception], tuple[str, int]] = {
    SignInRequired: ("sign-in-required", 401),
    TokenRefused: ("token-refused", 401),
    WrongPassword: ("wrong-password", 401),
    WrongRole: ("wrong-role", 403),
    InvitationOver: ("invitation-over", 401),
    SignInForThis: ("sign-in-for-this", 403),
    NotFound: ("not-found", 404),
    ProofNeeded: ("proof-needed", 403),
    TooManyKeys: ("too-many-passkeys", 409),
    NotAllowed: ("not-allowed-now", 409),
    RunNotAllowed: ("not-allowed-now", 409),
    AlreadyOpen: ("already-open", 409),
    CallbackOpen: ("callback-open", 409),
    AlreadyAnswered: ("already-answered", 409),
    TooLate: ("too-late", 409),
    Stale: ("changed-meanwhile", 409),
    StaleDescription: ("stale-description", 409),
    UnknownCall: ("stale-description", 409),  # its legs are gone and will be replaced
    StaleRun: ("run-moved-on", 409),
    VersionDiffers: ("version-differs", 412),
    SetupRefused: ("invalid-set-up", 422),
    UnknownDisposition: ("unknown-disposition", 422),
    KeyReused: ("idempotency-key-reused", 422),
    DoesNotFit: ("invalid-answer", 422),
    AnswerRefused: ("invalid-answer", 422),
    InputsRefused: ("invalid-inputs", 422),
    TimeRefused: ("time-refused", 422),
    FileRefused: ("file-refused", 422),
    TooSoon: ("too-soon", 429),
    TooMany: ("too-many", 429),
    TooOften: ("too-many", 429),
    BadDescription: ("bad-description", 422),
    TooLarge: ("too-large", 413),
    BadChange: ("bad-change", 422),
    Unstorable: ("not-storable", 400),
    DatabaseAway: ("database-unavailable", 503),
    Leaving: ("leaving", 503),
    WorkerLost: ("media-unavailable", 503),
    NotStored: ("internal", 500),
}
"""Error -> slug of the problem's type, status."""

HTTP_KINDS = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
"""Status of what the framework itself refuses -> slug."""

TITLES: dict[str, str] = {
    "sign-in-required": "Sign in first",
    "token-refused": "The host's token was refused",
    "wrong-password": "Sign-in failed",
    "invitation-over": "This link does not work any more",
    "wrong-role": "Not for you",
    "sign-in-for-this": "Sign in for this",
    "proof-needed": "Prove your identity first",
    "too-many-passkeys": "No more passkeys",
    "not-found": "Not found",
    "not-allowed-now": "Not possible now",
    "already-open": "Already asked",
    "callback-open": "Planned already",
    "already-answered": "Already answered",
    "too-late": "Too late",
    "changed-meanwhile": "Changed meanwhile",
    "stale-description": "Out of date",
    "run-moved-on": "Continued elsewhere",
    "version-differs": "Not the version you looked at",
    "invalid-set-up": "The company would not make sense",
    "unknown-disposition": "Not an outcome to choose here",
    "idempotency-key-reused": "Key used for something else",
    "invalid-answer": "Some answers need another look",
    "invalid-inputs": "Inputs do not fit",
    "time-refused": "Not at that time",
    "method-not-allowed": "Not possible here",
    "file-refused": "This file cannot be sent",
    "too-soon": "A moment, please",
    "too-many": "Too many",
    "bad-description": "Not a usable session description",
    "too-large": "Too large",
    "bad-change": "Not an app state",
    "not-storable": "Not storable",
    "database-unavailable": "Not available right now",
    "leaving": "About to stop",
    "media-unavailable": "Calls are not possible right now",
    "invalid-request": "The request does not fit",
    "malformed": "Not readable",
    "internal": "Something broke on our side",
}


def problem_of(error: Exception, request_id: str = "") -> Problem:
    """The problem of a known domain error, for HTTP and for the live socket."""
    slug, status = KINDS[type(error)]
    problem = Problem(
        type=f"/problems/{slug}",
        title=TITLES[slug],
        status=status,
        detail=str(error),
        request_id=request_id,
    )
    return _with_details(problem, error)


def _known(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    return response(problem_of(error, _request_id(request)), _headers(error))


def _with_details(problem: Problem, error: Exception) -> Problem:
    match error:
        case AnswerRefused():
            member = "inputs" if isinstance(error, InputsRefused) else "values"
            errors = [FieldError(pointer(member, f), m) for f, m in error.errors.items()]
            return replace(problem, errors=errors)
        case SetupRefused(pointer=str() as place):
            return replace(problem, errors=[FieldError(place, str(error))])
        case UnknownDisposition():
            return replace(problem, errors=[FieldError("/disposition", str(error))])
        case BadDescription():
            return replace(problem, errors=[FieldError("/sdp", str(error))])
        case DoesNotFit():
            return replace(problem, errors=[FieldError(error.place, str(error))])
        case FileRefused():
            return replace(problem, errors=[FieldError("", str(error))])
        case TooLarge():
            return replace(problem, errors=[FieldError(error.place, str(error))])
        case StaleRun():
            return replace(problem, screen=error.screen)
        case TimeRefused(opens_at=datetime()):
            return replace(problem, opens_at=error.opens_at)
        case AlreadyOpen():
            return replace(problem, interaction_id=str(error.interaction_id))
        case _:
            return problem


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, SignInRequired | TokenRefused):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooSoon):
        return {"Retry-After": "30"}
    if isinstance(error, TooOften):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, TooMany):
        return {"Retry-After": "3600"}
    if isinstance(error, WorkerLost | DatabaseAway | Leaving):
        return {"Retry-After": "1"}
    return {}


def _invalid(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    assert isinstance(error, ValidationException)  # noqa: S101 - registered for this type alone
    extra = error.extra if isinstance(error.extra, list) else []
    errors = [_field_error(one) for one in extra if isinstance(one, dict)]
    detail = "; ".join(f"{one.pointer or '/'}: {one.message}" for one in errors) or error.detail
    problem = _problem(request, "invalid-request", 400, detail)
    return response(replace(problem, errors=errors))


def _field_error(one: dict[str, Any]) -> FieldError:
    message = str(one.get("message", ""))
    if message == "'data'":  # what Litestar says of a body that is not there
        return FieldError("", "a JSON body is needed")
    place = pointer_of(str(one.get("key", "")).removeprefix("data"))
    if unknown := UNKNOWN_FIELD.match(message):
        place += pointer(unknown.group(1))
    return FieldError(place, message)


def pointer_of(place: str) -> str:
    """`/agents/0/name`, of a place such as `agents[0].name`."""
    return pointer(*(part for part in re.split(r"[.\[\]]+", place) if part))


def pointer(*names: str) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)


def _malformed(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    return response(_problem(request, "malformed", 400, f"not JSON: {error}"))


def _http(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type alone
    if isinstance(error.__cause__, SerializationException):
        return _malformed(request, error.__cause__)
    if error.status_code >= 500:
        return _unexpected(request, error)
    slug = HTTP_KINDS.get(error.status_code, "invalid-request")
    problem = _problem(request, slug, error.status_code, error.detail)
    return response(problem, dict(error.headers or {}))


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    log.error("request.failed", request_id=_request_id(request), exc_info=error)
    return response(_problem(request, "internal", 500, "it has been logged"))


def _problem(request: Request[Any, Any, Any], slug: str, status: int, detail: str) -> Problem:
    return Problem(
        type=f"/problems/{slug}",
        title=TITLES[slug],
        status=status,
        detail=detail,
        request_id=_request_id(request),
    )


def _request_id(request: Request[Any, Any, Any]) -> str:
    """What the app calls this request, else a new id; the same to whoever asks again."""
    named = request.headers.get("x-request-id", "")[:64]
    return str(request.scope.setdefault("state", {}).setdefault("request_id", named or new_id()))


HANDLERS: ExceptionHandlersMap = {
    **dict.fromkeys(KINDS, _known),
    ValidationException: _invalid,
    SerializationException: _malformed,
    UnicodeDecodeError: _malformed,
    RecursionError: _malformed,
    HTTPException: _http,
    Exception: _unexpected,
}
