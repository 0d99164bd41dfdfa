"""One shape for everything that went wrong: application/problem+json (RFC 9457)."""

from datetime import datetime
from typing import Any

from litestar import Response
from msgspec import UNSET, Struct, UnsetType

MEDIA_TYPE = "application/problem+json"


class FieldError(Struct, frozen=True):
    """What is wrong with one field; the pointer is a JSON pointer into the request's body."""

    pointer: str
    message: str


class Problem(Struct, frozen=True, kw_only=True):
    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldError] | UnsetType = UNSET
    screen: Any | UnsetType = UNSET
    """Where a run moved on elsewhere: its present screen."""

    interaction_id: str | UnsetType = UNSET
    """Where an interaction is open already: which one."""

    opens_at: datetime | UnsetType = UNSET
    """Where a time was refused: when calls are possible next, if they ever are."""


def response(problem: Problem, headers: dict[str, str] | None = None) -> Response[Problem]:
    return Response(
        problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers or {}
    )
