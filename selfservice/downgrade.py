"""What does an app get that cannot draw a component? The next best that it can.

An app says what it can draw: the level of its UI, which counts the releases that brought new
components, and its abilities. What it cannot draw is replaced here, on the server, so that an app
never meets a component that it does not know: by what loses nothing, else by what the flow says
(`fallback`), at last by a text that points to help and the web.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from selfservice import screen as parts
from selfservice.asked import fields_asked
from selfservice.definition import Definition
from selfservice.language import ListField, Say, TextInstead
from selfservice.language import Timeline as TimelineCard
from selfservice.reading import MAX_EMAIL
from selfservice.reading_address import MAX_LINE, MAX_LINES
from selfservice.scope import scope
from selfservice.screen import Component, Kind, Screen, card
from selfservice.state import State, blocking
from selfservice.texts import Texts

LEVEL = 3
"""The newest level of the UI: what apps have that name none."""
CAPS = frozenset({"passkey", "camera", "sign", "map"})
"""Every ability that an app can name; those that no component needs are for later."""
MAX_ADDRESS = (MAX_LINES + 3) * (MAX_LINE + 1)
SHORT = 40


class App(msgspec.Struct, frozen=True, kw_only=True):
    """What an app can draw."""

    level: int = LEVEL
    caps: frozenset[str] = CAPS


class Need(msgspec.Struct, frozen=True):
    """What an app needs for a component: a level of the UI, and perhaps an ability."""

    level: int
    cap: str | None = None


NEEDS: Mapping[type[Component], Need] = {
    parts.Text: Need(1),
    parts.Facts: Need(1),
    parts.ChoiceInput: Need(1),
    parts.DigitsInput: Need(1),
    parts.MonthYearInput: Need(1),
    parts.TextInput: Need(1),
    parts.CodeInput: Need(1),
    parts.PasskeyInput: Need(1, "passkey"),
    parts.MultiInput: Need(2),
    parts.CountryInput: Need(2),
    parts.DateInput: Need(2),
    parts.TimeInput: Need(2),
    parts.MoneyInput: Need(2),
    parts.PhoneInput: Need(2),
    parts.EmailInput: Need(2),
    parts.Timeline: Need(3),
    parts.Review: Need(3),
    parts.RepeatInput: Need(3),
    parts.AddressInput: Need(3),
    parts.UploadInput: Need(3),
    parts.SignatureInput: Need(3, "sign"),
}
KINDS: Mapping[Kind, tuple[int, Kind]] = {"review": (3, "form"), "wait": (3, "progress")}
"""Kind of screen -> since which level apps know it, and what they take it for before that."""


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A screen that the app can draw, and the types of what it could not."""

    screen: Screen
    downgraded: tuple[str, ...] = ()


def drawable(
    definition: Definition, state: State, shown: Screen, app: App, texts: Texts, now: datetime
) -> Drawn:
    """The screen as this app can draw it."""
    if app == App():
        return Drawn(screen=shown)
    told = _Told(app=app, texts=texts, written=_written(definition, state, texts, now))
    components = tuple(told.drawn(one) for one in shown.components)
    given_up = _needed(shown.components) - _needed(components)
    since, before = KINDS.get(shown.kind, (1, shown.kind))
    changed = replace(
        shown,
        kind=shown.kind if app.level >= since else before,
        components=components,
        actions=() if given_up else shown.actions,  # going on would fail for ever
    )
    return Drawn(screen=changed, downgraded=tuple(told.downgraded))


def can_draw(app: App, kind: type[Component]) -> bool:
    """Whether the app can draw components of this type."""
    need = NEEDS[kind]
    return app.level >= need.level and (need.cap is None or need.cap in app.caps)


def _needed(components: Iterable[Component]) -> set[str]:
    """The inputs without which nobody goes on."""
    found: set[str] = set()
    for one in components:
        if getattr(one, "required", False):
            found.add(str(getattr(one, "id", "")))
        if isinstance(one, parts.RepeatInput):
            found |= {f"{one.id}.{inner}" for inner in _needed(one.fields)}
    return found


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the app and the flow, and what was replaced so far."""

    app: App
    texts: Texts
    written: Mapping[str, Component | TextInstead]
    downgraded: list[str] = []

    def drawn(self, component: Component, place: str = "") -> Component:
        """The component, or what stands in for it."""
        where = place + getattr(component, "id", "card")
        if isinstance(component, parts.RepeatInput) and can_draw(self.app, parts.RepeatInput):
            fields = tuple(self.drawn(one, f"{where}.") for one in component.fields)
            return replace(component, fields=fields)
        if can_draw(self.app, type(component)):
            return component
        self.downgraded.append(str(component.__struct_config__.tag))
        return self._instead(component, self.written.get(where))

    def _instead(self, component: Component, written: Component | TextInstead | None) -> Component:
        if isinstance(written, TextInstead) and isinstance(component, parts.UploadInput):
            hint = self.texts.get(written.hint) if written.hint else component.hint
            return _text_field(component, hint, written.max)
        if written is not None and not isinstance(written, TextInstead):
            return written
        return _lossless(component, self.texts) or parts.Text(text=self.texts.get("t:old_app.text"))


def _written(
    definition: Definition, state: State, texts: Texts, now: datetime
) -> dict[str, Component | TextInstead]:
    """What the flow says itself: for a card, and by the names of fields."""
    present = blocking(definition, state)
    if isinstance(present, Say) and isinstance(present.card, TimelineCard):
        other = present.card.fallback
        return {"card": card(other, scope(definition, state, now), texts)} if other else {}
    found: dict[str, Component | TextInstead] = {}
    for name, field in fields_asked(definition, state).items():
        inner = field.fields if isinstance(field, ListField) else {}
        every = {name: field, **{f"{name}.{key}": one for key, one in inner.items()}}
        found |= {key: one.fallback for key, one in every.items() if one.fallback}
    return found


def _lossless(component: Component, texts: Texts) -> Component | None:
    """An older component that is answered alike, or says the same; None where there is none."""
    match component:
        case parts.Timeline():
            return parts.Text(text="\n".join(moment(one, texts) for one in component.items))
        case parts.Review():
            lines = (parts.Fact(label=one.label, value=one.value) for one in component.lines)
            return parts.Facts(items=tuple(lines))
        case parts.CountryInput():
            return parts.ChoiceInput(
                id=component.id,
                label=component.label,
                hint=component.hint,
                required=component.required,
                value=component.value,
                options=component.options,
            )
        case parts.MultiInput():
            named = ", ".join(one.value for one in component.options)
            hint = texts.get("t:old_app.multi", {"options": named})
            return _text_field(component, hint, len(named))
        case parts.AddressInput():
            in_one = component.value and component.value.replace("\n", ", ")
            typed = _text_field(component, texts.get("t:old_app.address"), MAX_ADDRESS)
            return replace(typed, value=in_one)
        case parts.SignatureInput():
            hint = component.hint or texts.get("t:old_app.signature")
            return _text_field(component, hint, component.max_length)
        case parts.EmailInput() | parts.PhoneInput() | parts.DateInput():
            typed = _text_field(component, component.hint, MAX_EMAIL)
            return replace(typed, sensitive=component.sensitive, autofill=component.autofill)
        case parts.TimeInput() | parts.MoneyInput():
            return _text_field(component, component.hint, SHORT)
        case _:
            return None


def moment(one: parts.Moment, texts: Texts) -> str:
    """One line of a timeline, in words."""
    done = f"({texts.get('t:timeline.done')})" if one.done else None
    return " ".join(part for part in (one.title, one.at, done) if part)


_Typed = (
    parts.MultiInput
    | parts.AddressInput
    | parts.UploadInput
    | parts.SignatureInput
    | parts.EmailInput
    | parts.PhoneInput
    | parts.DateInput
    | parts.TimeInput
    | parts.MoneyInput
)


def _text_field(component: _Typed, hint: str | None, longest: int) -> parts.TextInput:
    return parts.TextInput(
        id=component.id,
        label=component.label,
        hint=hint,
        required=component.required,
        value=component.value,
        max_length=longest,
        sensitive=False,
        autofill=None,
    )
