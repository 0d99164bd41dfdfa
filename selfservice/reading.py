"""What does a value that somebody typed or picked mean for its field?"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from selfservice.errors import Refused
from selfservice.language import (
    AddressField,
    BooleanField,
    ChoiceField,
    CountryField,
    DateField,
    DigitsField,
    EmailField,
    Field,
    ItemField,
    ListField,
    MoneyField,
    MonthYearField,
    MultiField,
    NumberField,
    PhoneField,
    SignatureField,
    TextField,
    TimeField,
    UploadField,
)
from selfservice.reading_address import address
from selfservice.reading_files import files, signature
from selfservice.reading_words import country, words

MAX_EMAIL = 254

Plain = str | int | float | bool | list[Any] | dict[str, Any]
_CARD_MONTH = re.compile("(0[1-9]|1[0-2]) ?/ ?([0-9]{2})")
_ISO_MONTH = re.compile("20[0-9]{2}-(0[1-9]|1[0-2])")
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
# 15 digits: beyond them a JSON reader in a browser rounds.
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.([0-9]{1,4}))?")
_COMMA = re.compile("[0-9]+,[0-9]{1,2}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,3}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{1,3}")
_PHONE = re.compile("(?:\\+|00)([1-9][0-9]{6,14})")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def read(field: Field, given: Any) -> Plain:
    """The value in the form it is kept in. Raises Refused, always for a list of entries: they are
    read one by one (selfservice.accepting).
    """
    match field:
        case DigitsField():
            return _digits(given, field.length)
        case MonthYearField():
            return _month(given)
        case TextField():
            return _formed(words(given, field.max, multiline=field.multiline), field)
        case ChoiceField():
            return _option(given, field.options or ())
        case ItemField():
            return _item(given, field)
        case MultiField():
            return _several(given, field)
        case BooleanField():
            return _boolean(given)
        case NumberField():
            return _number(given)
        case MoneyField():
            return _amount(given, decimals(field.currency))
        case DateField():
            return _day(given)
        case TimeField():
            return _time(given)
        case CountryField():
            return country(given, field)
        case PhoneField():
            return _phone(given)
        case EmailField():
            return _email(given)
        case AddressField():
            return address(given, field)
        case UploadField():
            return files(given, field)
        case SignatureField():
            return signature(given)
        case ListField():
            raise Refused("t:err.invalid")


def taken(field: Field, given: Any) -> Plain | None:
    """The value as the field keeps it; None where it does not fit."""
    try:
        return read(field, given)
    except Refused:
        return None


def decimals(currency: str | None) -> int:
    """How many an amount has: two, but none in yen and three in dinars."""
    return get_currency_precision(currency) if currency else 2


def _digits(given: Any, length: int) -> str:
    digits = re.sub("[ -]", "", given) if isinstance(given, str) else ""
    if not re.fullmatch("[0-9]+", digits):
        raise Refused("t:err.digits_only", length=length)
    if len(digits) != length:
        raise Refused("t:err.digits_length", length=length)
    return digits


def _month(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if _ISO_MONTH.fullmatch(text):
        return text
    if found := _CARD_MONTH.fullmatch(text):
        return f"20{found[2]}-{found[1]}"
    raise Refused("t:err.month_year")


def _formed(text: str, field: TextField) -> str:
    if field.pattern and not field.pattern.matches(text):
        raise Refused("t:err.invalid")
    return text


def _option(given: Any, options: tuple[str, ...]) -> str:
    if not isinstance(given, str) or given not in options:
        raise Refused("t:err.choose")
    return given


def _item(given: Any, field: ItemField) -> dict[str, Any]:
    """The item whose id, or an earlier copy of which, is given."""
    key = given.get(field.options_from.id) if isinstance(given, dict) else given
    if not isinstance(key, str | int) or str(key) not in field.items:
        raise Refused("t:err.choose")
    return field.items[str(key)]


def _boolean(given: Any) -> bool:
    match given:
        case True | "yes" | "true":
            return True
        case False | "no" | "false":
            return False
        case _:
            raise Refused("t:err.choose")


def _number(given: Any) -> int | float:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise Refused("t:err.number")
    if isinstance(given, int) and abs(given) >= 10**15:
        raise Refused("t:err.number")
    text = format(Decimal(str(given)), "f") if isinstance(given, float) else str(given).strip()
    if not _NUMBER.fullmatch(text):
        raise Refused("t:err.number")
    return float(text) if "." in text else int(text)


def _several(given: Any, field: MultiField) -> list[str]:
    """In the order of the options, so that the same picks are the same answer."""
    picked = given.replace(" ", "").split(",") if isinstance(given, str) else given
    if not isinstance(picked, list) or not all(isinstance(one, str) for one in picked):
        raise Refused("t:err.choose_some")
    if not set(picked) <= set(field.options):
        raise Refused("t:err.choose_some")
    if field.none in picked and len(set(picked)) > 1:
        raise Refused("t:err.none_alone")
    return [one for one in field.options if one in picked]


def _amount(given: Any, places: int) -> int | float:
    try:
        text = _with_a_point(given.strip()) if isinstance(given, str) else str(_number(given))
    except Refused:
        text = ""
    found = _AMOUNT.fullmatch(text)
    if not found or len(found[1] or "") > places:
        raise Refused("t:err.money", places=places)
    return _number(text)


def _with_a_point(text: str) -> str:
    """`12,50`, `1,250.50` and `1.250,50` are clear; `1,250` is not, and stays."""
    if not (_GROUPED.fullmatch(text) or _COMMA.fullmatch(text)):
        return text
    whole, cents = re.split("[.,](?=[0-9]+$)", text)
    return f"{re.sub('[.,]', '', whole)}.{cents}"


def _day(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else ""
    try:
        return date.fromisoformat(text if _ISO_DAY.fullmatch(text) else "").isoformat()
    except ValueError:
        raise Refused("t:err.date") from None


def _time(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if not _TIME.fullmatch(text):
        raise Refused("t:err.time")
    return text


def _phone(given: Any) -> str:
    found = _PHONE.fullmatch(re.sub("[ ()./-]", "", given)) if isinstance(given, str) else None
    if not found:
        raise Refused("t:err.phone")
    return f"+{found[1]}"


def _email(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if len(text) > MAX_EMAIL or not text.isprintable() or not _EMAIL.fullmatch(text):
        raise Refused("t:err.email")
    return text
