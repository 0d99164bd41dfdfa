"""How is an item of the company's shown in one line? `"{merchant} {amount:money}"`.

Names in braces are looked up in the item, dotted ones inside it; `:money` and `:date` write a
value as the customer's language does. What the item has not is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from selfservice.errors import ExpressionError
from selfservice.texts import Texts

MAX_LENGTH = 200
_HOLE = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)(?::(money|date))?\}")


class Template:
    """A compiled template; `names` are the paths that it looks up."""

    __slots__ = ("_parts", "names", "text")

    def __init__(self, text: str) -> None:
        """Raises ExpressionError where a brace does not belong to a name."""
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"longer than {MAX_LENGTH} characters")
        if re.search("[{}]", _HOLE.sub("", text)):
            raise ExpressionError("in braces stands a name: {name}, {amount:money} or {day:date}")
        self.text = text
        self._parts = _HOLE.split(text)
        self.names = tuple(tuple(path.split(".")) for path in self._parts[1::3])

    def render(self, item: Mapping[str, Any], texts: Texts) -> str:
        """The line for one item."""
        words = [self._parts[0]]
        for name, kind, after in zip(*(self._parts[n::3] for n in (1, 2, 3)), strict=True):
            words += [_shown(_found(item, name), kind, item, texts), after]
        return " ".join("".join(words).split())


def _found(item: Any, name: str) -> Any:
    for part in name.split("."):
        item = item.get(part) if isinstance(item, Mapping) else None
    return item


def _shown(value: Any, kind: str | None, item: Mapping[str, Any], texts: Texts) -> str:
    """A value that its kind does not fit stands as it is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "money" and is_number:
        currency = item.get("currency")
        return texts.amount(value, currency if isinstance(currency, str) else None)
    if kind == "date" and isinstance(value, str) and texts.is_day(value[:10]):
        return texts.day(value[:10])
    return "" if value is None or isinstance(value, list | Mapping) else str(value)
