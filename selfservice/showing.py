"""How is an answer shown: in words to read, or as a customer would type it?"""

from __future__ import annotations

from typing import Any

from selfservice.definition import Definition
from selfservice.language import (
    AddressField,
    BooleanField,
    ChoiceField,
    CountryField,
    DateField,
    Field,
    ItemField,
    ListField,
    MoneyField,
    MonthYearField,
    MultiField,
    SignatureField,
    UploadField,
)
from selfservice.reading import Plain, taken
from selfservice.sealed import is_sealed
from selfservice.texts import Texts
from selfservice.wording import option_label

MASK = "••••"


def in_words(definition: Definition, step: str, field: Field, value: Any, texts: Texts) -> str:
    """An answer to read; a sealed one is a mask, what does not fit its field stands as it is."""
    match field, value:
        case _, _ if is_sealed(value):
            return MASK
        case ListField(), list():
            entries = (_entry(definition, step, field, one, texts) for one in value)
            return "; ".join(entries)
        case SignatureField(), {"typed": str(name)}:
            return name
        case SignatureField(), {"name": str()}:
            return texts.get("t:signature.drawn")
        case ((ChoiceField() | ItemField()), dict()) if field.options_from:
            return field.options_from.label.render(value, texts)
    plain = taken(field, value)  # what `set` wrote may be of another kind
    return str(value) if plain is None else _in_words(definition, step, field, plain, texts)


def _entry(definition: Definition, step: str, field: ListField, entry: Any, texts: Texts) -> str:
    given = entry if isinstance(entry, dict) else {}
    return ", ".join(
        in_words(definition, step, one, given[name], texts)
        for name, one in field.fields.items()
        if given.get(name) is not None
    )


def _in_words(definition: Definition, step: str, field: Field, value: Plain, texts: Texts) -> str:
    match field, value:
        case MonthYearField(), str():
            return f"{value[5:]}/{value[2:4]}"
        case BooleanField(), bool():
            return option_label(definition, step, "yes" if value else "no", texts)
        case ChoiceField(), str():
            return option_label(definition, step, value, texts)
        case MultiField(), list():
            return ", ".join(option_label(definition, step, one, texts) for one in value)
        case DateField(), str():
            return texts.day(value)
        case MoneyField(), int() | float():
            return texts.amount(value, field.currency)
        case CountryField(), str():
            return texts.countries()[value]
        case AddressField(), dict():
            return ", ".join(_address_lines(value, texts))
        case UploadField(), list():
            return ", ".join(one["name"] for one in value)
        case _:
            return str(value)


def _address_lines(value: dict[str, Any], texts: Texts) -> list[str]:
    town = " ".join(value[name] for name in ("postal_code", "city") if name in value)
    region = [value["region"]] if "region" in value else []
    return [*value["lines"], town, *region, texts.countries()[value["country"]]]


def as_typed(field: Field, value: Any) -> str | None:
    """The value as a customer would type or choose it; None where it does not fit the field."""
    if value is None or field.sensitive or is_sealed(value):
        return None
    match field, taken(field, value):
        case _, None:
            return None
        case _, bool(plain):
            return "yes" if plain else "no"
        case MonthYearField(), str(plain):
            return f"{plain[5:]}/{plain[2:4]}"
        case UploadField(), list():
            return None
        case AddressField(), dict(plain):
            code = plain.get("postal_code", "-")
            return "\n".join([*plain["lines"], code, plain["city"], plain["country"]])
        case _, list(plain):
            return ",".join(plain)
        case ItemField(options_from=wanted), dict(plain):
            return str(plain[wanted.id])
        case _, plain:
            return str(plain)
