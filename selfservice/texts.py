"""Which words does the customer read? Fluent catalogues, one per language.

`t:activate.last4` names the message `activate-last4` (Fluent ids have no dots); a message's
attributes are asked for by name. A message is looked for in the language wanted, then in the
default language; in each of them in the company's catalogue first, then in this part's own words
(`words/<language>.ftl`), which a company so overrides by using the same id. At last it is looked
for in our own English. What is nowhere becomes words made of the key, never the key itself. That is
reported, as is what is there in another language only.

A message whose variables are not all known uses its attribute `.plain`, where it has one. Messages
without variables are resolved once and kept: Fluent takes some 25 us for each.
Syntax: https://projectfluent.org/fluent/guide/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import localedata
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import TextElement
from fluent.syntax.ast import Junk

from selfservice.countries import countries
from selfservice.errors import SelfServiceError

WORDS = Path(__file__).parent / "words"
OWN_DEFAULT = "en"
"""The language of our own words that has them all."""
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

Values = Mapping[str, Any]
Missing = Callable[[str, str], None]
"""Told the locale and the key, each time that somebody needs words which are not there."""


class BadCatalogue(SelfServiceError):
    """A text file that Fluent cannot read."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path.name}, line {line}: {message}")
        self.path = path
        self.line = line


class Texts:
    """The words of one language, with those to fall back on."""

    def __init__(self, locale: str, bundles: tuple[FluentBundle, ...], missing: Missing) -> None:
        self.locale = locale
        self._language = _language(locale)
        self._formats = _formats(locale)
        self._bundles = bundles
        self._missing = missing
        self._kept: dict[tuple[str, str | None], str] = {}

    def get(self, text: str, values: Values | None = None) -> str:
        """The words for `t:key`; any other text as it is. Never fails."""
        if not text.startswith("t:"):
            return text
        found = self.find(text, values)
        if found is not None:
            return found
        self._missing(self.locale, text)
        return _readable(text)

    def find(
        self, text: str, values: Values | None = None, attribute: str | None = None
    ) -> str | None:
        """The words for `t:key`, or for its `.attribute`; None where no catalogue has them."""
        if (text, attribute) in self._kept:
            return self._kept[text, attribute]
        bundle = self._holder(_message_id(text), attribute) if text.startswith("t:") else None
        if bundle is None:
            return None
        found, is_static = _format(bundle, _message_id(text), attribute, values or {})
        if _language(bundle.locales[0]) != self._language:
            self._missing(self.locale, text)
        elif is_static:
            self._kept[text, attribute] = found
        return found

    def day(self, iso: str) -> str:
        """`2026-11-20` as the language writes it."""
        return format_date(date.fromisoformat(iso), locale=self._formats)

    def is_day(self, text: str) -> bool:
        """Whether this is a day of the calendar."""
        try:
            return bool(date.fromisoformat(text))
        except ValueError:
            return False

    def amount(self, value: float, currency: str | None) -> str:
        """Money as the language writes it."""
        exact = Decimal(str(value))
        if currency is None:
            return format_decimal(exact, "#,##0.00", locale=self._formats)
        return format_currency(exact, currency, locale=self._formats)

    def countries(self) -> dict[str, str]:
        """Code -> name of every country, in the order of the names."""
        return countries(self._formats)

    def _holder(self, message_id: str, attribute: str | None) -> FluentBundle | None:
        for bundle in self._bundles:
            if not bundle.has_message(message_id):
                continue
            message = bundle.get_message(message_id)
            if attribute in message.attributes or (attribute is None and message.value):
                return bundle
        return None


class Catalogues:
    """The languages a company has, each `<locale>.ftl` in one folder."""

    def __init__(
        self, folder: Path, default: str = "en", missing: Missing = lambda locale, key: None
    ) -> None:
        """Read every catalogue. Raises BadCatalogue with the line that cannot be read."""
        self._missing = missing
        self._default = default
        self._bundles = _bundles(folder)
        self._words = _bundles(WORDS)
        self._texts: dict[str, Texts] = {}

    def texts(self, locale: str) -> Texts:
        """The words for a locale such as `es-MX`: its own, its language's, then the default's."""
        found = next((name for name in _names(locale) if name in self._bundles), self._default)
        if found not in self._texts:
            wanted = dict.fromkeys([*_names(found), *_names(self._default), OWN_DEFAULT])
            self._texts[found] = Texts(found, tuple(self._of(wanted)), self._missing)
        return self._texts[found]

    def _of(self, wanted: Iterable[str]) -> Iterator[FluentBundle]:
        """The bundles of these languages, the company's before ours."""
        for name in wanted:
            yield from (one[name] for one in (self._bundles, self._words) if name in one)


def _names(locale: str) -> Iterator[str]:
    yield locale
    yield locale.partition("-")[0]


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def _formats(locale: str) -> str:
    """Whose way to write days and amounts is used: the locale's, its language's, or English."""
    names = (locale.replace("-", "_"), locale.partition("-")[0], "en")
    return next(name for name in names if localedata.exists(name))


def _bundles(folder: Path) -> dict[str, FluentBundle]:
    return {path.stem: _bundle(path) for path in sorted(folder.glob("*.ftl"))}


def _bundle(path: Path) -> FluentBundle:
    source = path.read_text(encoding="utf-8")
    resource = FluentResource(source)
    for entry in resource.body:
        if isinstance(entry, Junk):
            start = entry.span.start if entry.span else 0
            message = entry.annotations[0].message if entry.annotations else "cannot be read"
            raise BadCatalogue(path, source.count("\n", 0, start) + 1, str(message))
    language = path.stem.partition("-")[0]
    bundle = FluentBundle(
        [path.stem],
        functions={"DAY": _day_function(path.stem)},
        use_isolating=language in _RIGHT_TO_LEFT,
    )
    bundle.add_resource(resource)
    return bundle


def _day_function(locale: str) -> Any:
    def day(value: Any, pattern: Any = "d MMMM") -> str:
        """`DAY($sent_on, pattern: "d MMMM")`: an ISO date in the language's words."""
        found = date.fromisoformat(str(value)[:10])
        return format_date(found, str(pattern), locale=_formats(locale))

    return day


def _format(
    bundle: FluentBundle, message_id: str, attribute: str | None, values: Values
) -> tuple[str, bool]:
    """The words, and whether they are the same for all values."""
    message = bundle.get_message(message_id)
    pattern = message.attributes[attribute] if attribute else message.value
    assert pattern is not None  # noqa: S101 - _holder found it
    if isinstance(pattern, TextElement):
        return str(pattern.value), True
    found, errors = bundle.format_pattern(pattern, dict(values))
    if errors and attribute is None and "plain" in message.attributes:
        found, _ = bundle.format_pattern(message.attributes["plain"], dict(values))
    return str(found), False


def _message_id(text: str) -> str:
    return text.removeprefix("t:").replace(".", "-")


def _readable(text: str) -> str:
    """`t:activate.digits.title` -> `Digits`: the last word of the key that says something."""
    words = text.removeprefix("t:").split(".")
    if len(words) > 1 and words[-1] in {"title", "label", "hint"}:
        words.pop()
    return words[-1].replace("_", " ").replace("-", " ").capitalize()
