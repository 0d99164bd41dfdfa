"""How does a run go on in words alone: in the chat, by SMS? A screen as text, and a text as answer.

Options are numbered; what is typed is a number, the words of an option, or the value itself. A form
is answered in lines, one for each field, `-` for one that is left out. `back`, `help` and `cancel`
are understood in English and in the language of the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from selfservice.downgrade import moment
from selfservice.screen import (
    AddressInput,
    ChoiceInput,
    Component,
    CountryInput,
    Facts,
    MultiInput,
    Option,
    RepeatInput,
    Review,
    Screen,
    SignatureInput,
    Text,
    Timeline,
    UploadInput,
)
from selfservice.texts import Texts

Wish = Literal["back", "cancel", "help"]
WISHES: tuple[Wish, ...] = ("back", "cancel", "help")
LEFT_OUT = "-"
_OK = frozenset({"ok", "yes", "continue", "confirm"})


class Values(msgspec.Struct, frozen=True):
    """An answer to the screen, as an app would give it."""

    values: dict[str, Any]


class Wished(msgspec.Struct, frozen=True):
    """Something else than an answer."""

    wish: Wish


class Unclear(msgspec.Struct, frozen=True):
    """Nothing that could be meant; `why` says how to answer."""

    why: str


Meant = Values | Wished | Unclear


def as_text(shown: Screen, texts: Texts) -> str:
    """The screen in words, and how to answer it."""
    parts = [
        shown.notice.text if shown.notice else None,
        shown.title,
        shown.body,
        *(_told(one, texts) for one in shown.components),
        _how(shown, texts),
    ]
    return "\n\n".join(part for part in dict.fromkeys(parts) if part)


def read_text(shown: Screen, text: str, texts: Texts, files: Sequence[str] = ()) -> Meant:
    """What somebody means who reads the screen as text; `files` are ids of what came with it."""
    said = text.strip()
    if wish := _wish(shown, said, texts):
        return Wished(wish)
    asked = _inputs(shown)
    taking = next((one for one in asked if isinstance(one, UploadInput | SignatureInput)), None)
    given: dict[str, Any] = {}
    if files and taking is not None:
        given[taking.id] = list(files)
        asked = [one for one in asked if one is not taking]
    if not asked:
        agreed = bool(given) or said.casefold() in _OK | {texts.get("t:plain.ok").casefold()}
        return Values(given) if agreed and shown.actions else Unclear(_how(shown, texts))
    lines = [said] if len(asked) == 1 else [one.strip() for one in said.splitlines() if one.strip()]
    if len(lines) != len(asked):
        return Unclear(_how(shown, texts))
    answers = zip(asked, lines, strict=True)
    return Values(given | {one.id: _value(one, line, texts) for one, line in answers})


# --- a screen as text -------------------------------------------------------------------------


def _inputs(shown: Screen) -> list[Any]:
    return [one for one in shown.components if hasattr(one, "id")]


def _told(component: Component, texts: Texts) -> str:
    match component:
        case Text():
            return component.text
        case Facts():
            return "\n".join(f"{one.label}: {one.value}" for one in component.items)
        case Review():
            return "\n".join(f"{one.label}: {one.value}" for one in component.lines)
        case Timeline():
            return "\n".join(moment(one, texts) for one in component.items)
        case _:
            asked: Any = component  # every other one is an input
            return "\n".join(_asked(asked, texts))


def _asked(component: Any, texts: Texts) -> Iterator[str]:
    left_out = "" if component.required else f" ({texts.get('t:plain.optional')})"
    yield component.label + left_out
    if component.hint:
        yield component.hint
    match component:
        case ChoiceInput() | MultiInput():
            yield from (_option(at, one) for at, one in enumerate(component.options, 1))
        case RepeatInput():
            fields: list[Any] = list(component.fields)
            yield "; ".join(one.label for one in fields)
    if component.value:
        yield texts.get("t:plain.known", {"value": _known(component)})
    if how := texts.find(f"t:plain.{component.__struct_config__.tag}"):
        yield how


def _option(at: int, one: Option) -> str:
    detail = f" ({one.detail})" if one.detail else ""
    return f"{at}. {one.label}{detail}"


def _known(component: Any) -> str:
    options = getattr(component, "options", ())
    named = (one.label for one in options if one.value == component.value)
    return str(next(named, component.value))


def _how(shown: Screen, texts: Texts) -> str:
    lines = []
    asked = _inputs(shown)
    if len(asked) > 1:
        lines.append(texts.get("t:plain.form", {"count": len(asked)}))
    elif not asked and shown.actions and shown.kind != "end":
        lines.append(texts.get("t:plain.go_on", {"ok": texts.get("t:plain.ok")}))
    ways = [texts.get(f"t:plain.{one}") for one in WISHES if getattr(shown.can, one)]
    if ways:
        lines.append(texts.get("t:plain.also", {"ways": ", ".join(ways)}))
    return "\n".join(lines)


# --- a text as answer -------------------------------------------------------------------------


def _wish(shown: Screen, said: str, texts: Texts) -> Wish | None:
    for one in WISHES:
        words = {one, texts.get(f"t:plain.{one}").casefold()}
        if getattr(shown.can, one) and said.casefold() in words:
            return one
    return None


def _value(component: Any, said: str, texts: Texts) -> Any:
    if said == LEFT_OUT and not component.required:
        return None
    match component:
        case ChoiceInput():
            return _pick(component.options, said)
        case MultiInput():
            return [_pick(component.options, one.strip()) for one in said.split(",")]
        case CountryInput():
            return _named(component.options, said)
        case AddressInput():
            between = "\n" if "\n" in said else ","
            *rest, land = said.split(between)
            return between.join([*rest, _named(component.countries, land.strip())])
        case RepeatInput():
            lines = [line for line in said.splitlines() if line.strip()]
            return [_entry(component, line, texts) for line in lines]
        case _:
            return said


def _entry(component: RepeatInput, line: str, texts: Texts) -> dict[str, Any]:
    parts = [part.strip() for part in line.split(";")]
    fields: list[Any] = list(component.fields)
    return {
        one.id: _value(one, part, texts) for one, part in zip(fields, parts, strict=False) if part
    }


def _pick(options: Sequence[Option], said: str) -> str:
    """By its number or its words; an option whose words are a number is called by them."""
    named = _named(options, said)
    if named == said and said.isdecimal() and 0 < int(said) <= len(options):
        known = {one.value for one in options}
        return said if said in known else options[int(said) - 1].value
    return named


def _named(options: Sequence[Option], said: str) -> str:
    wanted = said.casefold()
    found = (one.value for one in options if wanted in {one.label.casefold(), one.value.casefold()})
    return next(found, said)
