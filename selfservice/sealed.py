"""What is an answer, once it is kept? Plain JSON, or, when it is sensitive, a token.

A sealed value is the object `{"token": ...}`; no other object that a run keeps has only that key
(`as_answer` sees to it), so the two cannot be confused when they are read again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

Sealed = dict[str, str]
"""A value nobody here can read; the edge opens its `token` just before the company is called."""

Seal = Callable[[str], str]
"""Turns a plain value into a token (the edge encrypts it)."""

Single = str | int | float | bool | Sealed | None
Value = str | int | float | bool | list[Any] | dict[str, Any] | None
"""An answer as events and state keep it: an object is an item of the company's, or sealed."""


def is_sealed(value: object) -> TypeGuard[Sealed]:
    """Whether this is a token and not a plain value."""
    return type(value) is dict and value.keys() == {"token"}


def as_answer(value: Any) -> Value:
    """What a rule or a back end gives, as an answer; null where it would look like a token."""
    if isinstance(value, tuple):
        return list(value)
    return None if is_sealed(value) else value
