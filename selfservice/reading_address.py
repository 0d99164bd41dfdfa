"""What does an address mean that was given in parts, or typed?"""

from __future__ import annotations

import re
from typing import Any, Literal

from selfservice.countries import countries
from selfservice.errors import FieldError, Refused
from selfservice.language import AddressField
from selfservice.reading_words import country, words

Part = Literal["lines", "postal_code", "city", "region", "country"]
PARTS: tuple[Part, ...] = ("lines", "postal_code", "city", "region", "country")
NEEDED = frozenset({"lines", "city", "country"})
MAX_LINES = 4
MAX_LINE = 100
_POSTAL_CODE = re.compile("[A-Z0-9](?:[A-Z0-9 -]{0,10}[A-Z0-9])?")


def address(given: Any, field: AddressField) -> dict[str, Any]:
    """Every part that was given, in one order; also out of a text, see `_typed_address`."""
    parts = _typed_address(given) if isinstance(given, str) else given
    if not isinstance(parts, dict):
        raise Refused("t:err.address")
    errors = {f".{name}": FieldError(key="t:err.unknown_field") for name in parts}
    kept: dict[str, Any] = {}
    for name in PARTS:
        errors.pop(f".{name}", None)
        try:
            kept[name] = _address_part(name, parts.get(name), field)
        except Refused as refused:
            errors |= refused.at(f".{name}")
    if errors:
        raise Refused.parts(errors)
    return {name: part for name, part in kept.items() if part}


def _typed_address(text: str) -> dict[str, str]:
    """Lines, or one line with commas: street and number, postal code (`-`: none), city, country."""
    by_line = [line.strip() for line in text.strip().split("\n")]
    parts = by_line if len(by_line) > 1 else [part.strip() for part in text.split(",")]
    if len(parts) < len(NEEDED) + 1:
        raise Refused("t:err.address")
    *lines, code, city, land = parts
    return {
        "lines": "\n".join(lines),
        "postal_code": "" if code == "-" else code,
        "city": city,
        "country": country_code(land),
    }


def country_code(text: str) -> str:
    """The code of a country that is named in English; any other text as it is."""
    named = (code for code, name in countries("en").items() if name.lower() == text.lower())
    return next(named, text)


def _address_part(name: Part, given: Any, field: AddressField) -> Any:
    """One part as it is kept; empty where an optional one was left out."""
    if given in (None, "", []) or (isinstance(given, str) and not given.strip()):
        if name in NEEDED:
            raise Refused("t:err.required")
        return ""
    match name:
        case "lines":
            return _lines(given)
        case "country":
            return country(given, field)
        case "postal_code":
            code = given.strip().upper() if isinstance(given, str) else ""
            if not _POSTAL_CODE.fullmatch(code):
                raise Refused("t:err.postal_code")
            return code
        case _:
            return words(given, MAX_LINE, multiline=False)


def _lines(given: Any) -> list[str]:
    written = given.split("\n") if isinstance(given, str) else given
    if not isinstance(written, list):
        raise Refused("t:err.invalid")
    lines = [line for one in written if (line := words(one, MAX_LINE, multiline=False))]
    if not 0 < len(lines) <= MAX_LINES:
        raise Refused("t:err.lines", max=MAX_LINES)
    return lines
