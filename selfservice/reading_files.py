"""Do these files fit their field, and what is kept of them?"""

from __future__ import annotations

from typing import Any

from selfservice.errors import FieldError, Refused
from selfservice.language import UploadField
from selfservice.reading_words import words

MAX_SIGNATURE = 100
MEGABYTE = 1_000_000
TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf", "text/plain")
"""What a file can turn out to be; the edge finds it in the content."""
FILE_KEYS = frozenset({"id", "name", "type", "size"})


def files(given: Any, field: UploadField) -> str | list[dict[str, Any]]:
    """The files as `selfservice.uploaded` found them; a text where the field has a `fallback`."""
    if isinstance(given, str) and field.fallback:
        return words(given, field.fallback.max, multiline=True)
    if not isinstance(given, list):
        raise Refused("t:err.upload")
    errors: dict[str, FieldError] = {}
    for index, one in enumerate(given):
        try:
            _check_file(one, field)
        except Refused as refused:
            errors |= refused.at(f"[{index}]")
    if errors:
        raise Refused.parts(errors)
    kept = list({one["id"]: one for one in given}.values())
    if len(kept) > field.max:
        raise Refused("t:err.too_many_files", max=field.max)
    return kept


def _check_file(one: Any, field: UploadField) -> None:
    if not isinstance(one, dict) or one.keys() != FILE_KEYS:
        raise Refused("t:err.no_file")
    kind = f"{one['type'].partition('/')[0]}/*"
    if one["type"] not in field.accept and kind not in field.accept:
        raise Refused("t:err.file_type")
    if one["size"] > field.max_mb * MEGABYTE:
        raise Refused("t:err.file_size", max=field.max_mb)


def signature(given: Any) -> dict[str, Any]:
    """A drawing is a list of one picture, as `selfservice.uploaded` found it; a name is a text."""
    match given:
        case {"typed": str()} | {"id": str(), "type": str()}:  # as it is kept
            return dict(given)
        case str():
            return {"typed": words(given, MAX_SIGNATURE, multiline=False)}
        case [{"id": _, "type": str(kind)} as drawn] if kind.startswith("image/"):
            return dict(drawn)
        case _:
            raise Refused("t:err.signature")
