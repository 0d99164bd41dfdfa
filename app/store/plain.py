"""What every database keeps alike: text without NUL, JSON without NaN.

SQLite takes more than Postgres, which answers a NUL, a lone surrogate or NaN with a bare driver
error. Refusing them here makes both answer alike, and clearly.
"""

import json
import re
from typing import Any

import msgspec
from sqlalchemy.exc import DontWrapMixin

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""An escaped NUL in JSON; a backslash that is itself escaped does not count."""


class Unstorable(ValueError, DontWrapMixin):
    """A value that no database could keep. The edge refuses it before; this is the last guard."""


def text(value: str) -> str:
    """The same text; raises Unstorable for a NUL or a lone surrogate."""
    if "\x00" in value:
        raise Unstorable("text holds a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unstorable("text holds a lone surrogate") from None
    return value


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def encode(value: Any) -> str:
    """JSON of a plain value; raises Unstorable for NaN, infinity, NUL or a lone surrogate."""
    try:
        encoded = _json(value)
        encoded.encode()
    except ValueError as error:
        raise Unstorable(f"not JSON: {error}") from None
    if "\\u0000" in encoded and _NUL.search(encoded):
        raise Unstorable("JSON holds a NUL character")
    return encoded


def decode(encoded: str | bytes) -> Any:
    return msgspec.json.decode(encoded)
