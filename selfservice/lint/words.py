"""Has every language the words of a flow, with the same variables, and can they be read?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

from selfservice.definition import Source
from selfservice.finding import Finding
from selfservice.language import (
    Action,
    BooleanField,
    Call,
    Choice,
    ChoiceField,
    Field,
    ListField,
    MultiField,
    Wait,
    fields_of,
)
from selfservice.texts import OWN_DEFAULT, WORDS, Catalogues

MAX_PUSH = 200

Entry = tuple[str, str | None]
"""A message's id and the name of its attribute."""
Entries = Mapping[Entry, frozenset[str]]
"""What a catalogue has, each with the variables that it names."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The catalogues of a company; `default` is the language that the others fall back on."""

    default: str
    languages: Mapping[str, Entries]
    own: Mapping[str, Entries]
    catalogues: Catalogues

    @classmethod
    def of(cls, folder: Path) -> Words:
        """Read a folder. Raises BadCatalogue."""
        languages = _all_entries(folder)
        default = "en" if "en" in languages or not languages else next(iter(languages))
        catalogues = Catalogues(folder, default)
        return cls(
            default=default, languages=languages, own=_all_entries(WORDS), catalogues=catalogues
        )

    def without(self, message: str) -> list[str]:
        """The languages that have no such message, neither the company's nor the program's."""
        found = [name for name, one in self.languages.items() if (message, None) not in one]
        return [name for name in found if not self._is_own(name, message)]

    def _is_own(self, language: str, message: str) -> bool:
        """Whether the program says it: in this language, or by falling back on its English."""
        names = {language, language.partition("-")[0]}
        names |= {OWN_DEFAULT} if language == self.default else set()
        return any((message, None) in self.own.get(name, {}) for name in names)


def word_findings(source: Source, words: Words) -> Iterator[Finding]:
    """Missing words, other variables, and words that are of no use."""
    if not words.languages:
        return
    for place, wanted in _wanted(source):
        missing = {name for one in wanted for name in words.without(one)}
        if all(words.without(one) for one in wanted):
            why = f"no words for `{wanted[0]}` in {', '.join(sorted(missing))}"
            yield Finding(code="E013", place=place, message=why)
    yield from _translations(source, words)
    yield from _labels(source, words)
    yield from _push(source, words)


def _wanted(source: Source) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Place -> the messages of which one must be there."""
    for place, text in _written(source):
        if text.startswith("t:"):
            yield place, (_id(text),)
    for name, step in source.steps.items():
        for field in fields_of(name, step).values():
            for option in _options(field):
                own = f"{source.head.short}-{name}-{option}"
                yield f"steps.{name}", (own, f"option-{option}")


def _written(source: Source) -> Iterator[tuple[str, str]]:
    yield from _texts("", source.head)
    for name, step in source.steps.items():
        yield from _texts(f"steps.{name}", step)


def _options(field: Field) -> tuple[str, ...]:
    match field:
        case ChoiceField() | MultiField():
            return field.options or ()
        case ListField():
            return tuple(option for one in field.fields.values() for option in _options(one))
        case BooleanField():
            return ("yes", "no")
        case _:
            return ()


def _texts(place: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text in a piece of the flow, with its place."""
    match value:
        case str():
            yield place, value
        case msgspec.Struct():
            for one in msgspec.structs.fields(value):
                inner = f"{place}.{one.encode_name}".removeprefix(".")
                yield from _texts(inner, getattr(value, one.name))
        case dict():
            for key, one in value.items():
                yield from _texts(f"{place}.{key}", one)
        case tuple():
            for index, one in enumerate(value):
                yield from _texts(f"{place}[{index}]", one)


def _translations(source: Source, words: Words) -> Iterator[Finding]:
    """The messages by convention (`activate-load_card-ERROR`) and all variables."""
    used = {one for _, wanted in _wanted(source) for one in wanted}
    default = words.languages[words.default]
    for (message, attribute), variables in sorted(default.items(), key=str):
        if not message.startswith(f"{source.head.short}-") and message not in used:
            continue
        name = f"{message}.{attribute}" if attribute else message
        for unknown in sorted(one for one in variables if not _is_given(one, source)):
            why = f"`{name}` names `${unknown}`, which neither an input nor a result gives"
            yield Finding(code="E013", place="title", message=why)
        for language, entries in words.languages.items():
            there = entries.get((message, attribute))
            if there is None and attribute is None and message not in used:
                why = f"no words for `{name}` in {language}"
                yield Finding(code="E013", place="title", message=why)
            if there is not None and there != variables:
                why = f"`{name}` has other variables in {language} than in {words.default}"
                yield Finding(code="E013", place="title", message=why)


def _is_given(variable: str, source: Source) -> bool:
    """Whether a text may name it: an input, or `<action step>-<member>` of its result."""
    actions = (
        name for name, step in source.steps.items() if isinstance(step, Action | Call | Wait)
    )
    return variable in source.head.inputs or any(
        variable.startswith(f"{name}-") for name in actions
    )


def _labels(source: Source, words: Words) -> Iterator[Finding]:
    texts = words.catalogues.texts(words.default)
    for name, step in source.steps.items():
        for answer, field in fields_of(name, step).items():
            if not any(letter.isalnum() for letter in texts.get(field.label)):
                why = "the label has neither a letter nor a digit"
                place = f"steps.{name}" + ("" if isinstance(step, Choice) else f".fields.{answer}")
                yield Finding(code="W103", place=place, message=why)


def _push(source: Source, words: Words) -> Iterator[Finding]:
    for place, text in _written(source):
        for language in words.languages if place.endswith(".push") else ():
            shown = words.catalogues.texts(language).get(text)
            if len(shown) > MAX_PUSH:
                why = f"{len(shown)} characters in {language}"
                yield Finding(code="W104", place=place, message=why)


def _id(text: str) -> str:
    return text.removeprefix("t:").replace(".", "-")


def _all_entries(folder: Path) -> dict[str, Entries]:
    """Language -> what its catalogue has."""
    return {path.stem: _entries(path) for path in sorted(folder.glob("*.ftl"))}


def _entries(path: Path) -> Entries:
    found: dict[Entry, frozenset[str]] = {}
    for entry in FluentParser().parse(path.read_text("utf-8")).body:
        if isinstance(entry, Message):
            if entry.value:
                found[entry.id.name, None] = _variables(entry.value)
            for one in entry.attributes:
                found[entry.id.name, one.id.name] = _variables(one.value)
    return found


def _variables(node: object) -> frozenset[str]:
    collector = _Collector()
    collector.visit(node)
    return frozenset(collector.names)


class _Collector(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:
        self.names.add(node.id.name)
