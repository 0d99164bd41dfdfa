"""What does a line that somebody typed or picked mean: words, or the code of a country?"""

from __future__ import annotations

from typing import Any

from selfservice.countries import countries
from selfservice.errors import Refused
from selfservice.language import AddressField, CountryField


def words(given: Any, longest: int, *, multiline: bool) -> str:
    """Without the blanks around it. Raises Refused for one that is too long or cannot be shown."""
    if not isinstance(given, str):
        raise Refused("t:err.invalid")
    text = given.strip()
    if len(text) > longest:
        raise Refused("t:err.too_long", max=longest)
    shown = text.replace("\n", "").replace("\t", "") if multiline else text
    if any(ord(character) < 32 or ord(character) == 127 for character in shown):
        raise Refused("t:err.invalid")
    return text


def country(given: Any, field: CountryField | AddressField) -> str:
    """The code of a country that the field takes. Raises Refused."""
    code = given.strip().upper() if isinstance(given, str) else ""
    if code not in countries("en") or not is_taken(field, code):
        raise Refused("t:err.country")
    return code


def is_taken(field: CountryField | AddressField, code: str) -> bool:
    """Whether the field takes this country."""
    return (code in field.only or not field.only) and code not in field.without
