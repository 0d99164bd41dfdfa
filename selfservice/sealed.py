"""How does a sensitive answer travel? As a token that only the edge can open."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A value nobody here can read; the edge opens `token` just before the company is called."""

    token: str


Seal = Callable[[str], str]
"""Turns a plain value into a token (the edge encrypts it)."""

Single = str | int | float | bool | Sealed | None
Value = Single | list[str]
"""An answer as events and state keep it; a list is that of a `multi`."""
