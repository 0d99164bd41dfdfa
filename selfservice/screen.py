"""What does the customer's app draw now? Typed components; layout belongs to the app."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from selfservice.asked import fields_asked
from selfservice.codes import LENGTH
from selfservice.definition import Definition, Progress
from selfservice.expression import Scope
from selfservice.language import (
    AddressField,
    BooleanField,
    Card,
    Choice,
    ChoiceField,
    CountryField,
    DateField,
    DigitsField,
    EmailField,
    Field,
    Form,
    Handoff,
    ItemField,
    ListField,
    MoneyField,
    MonthYearField,
    MultiField,
    NumberField,
    PhoneField,
    Repeat,
    Say,
    SignatureField,
    StepUp,
    TextCard,
    TextField,
    TimeField,
    UploadField,
    Wait,
    fields_of,
)
from selfservice.language import Facts as FactsCard
from selfservice.language import Review as ReviewStep
from selfservice.language import Timeline as TimelineCard
from selfservice.reading import decimals, taken
from selfservice.reading_address import NEEDED, PARTS, Part
from selfservice.reading_files import MAX_SIGNATURE
from selfservice.reading_words import is_taken
from selfservice.replaying import changeable
from selfservice.run import can_cancel
from selfservice.scope import scope
from selfservice.showing import as_typed, in_words
from selfservice.state import FINAL, State, Status, blocking, place
from selfservice.texts import Texts
from selfservice.wording import failure_text, flow_title, option_label, step_key, variables

MAX_NUMBER_LENGTH = 25
NUDGE_AFTER = 2
"""Failures of one step after which doing it together is offered."""


class Option(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way to answer a choice."""

    value: str
    label: str
    detail: str | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a facts card."""

    label: str
    value: str


class Text(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """A paragraph."""

    text: str


class Facts(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="facts"):
    """Labels with values."""

    items: tuple[Fact, ...]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline; `done`: it has happened."""

    title: str
    at: str | None
    done: bool


class Timeline(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="timeline"):
    """What happened and what will, in order."""

    items: tuple[Moment, ...]


class ReviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; `step` is where it can be changed, null where it cannot any more."""

    label: str
    value: str
    step: str | None


class Review(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="review"):
    """The answers so far, each with a way to change it."""

    lines: tuple[ReviewLine, ...]


class _Input(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    id: str
    label: str
    hint: str | None = None
    required: bool = True
    value: str | None = None
    """What it is filled with at first, because it is known already; the customer may change it."""


class ChoiceInput(_Input, frozen=True, kw_only=True, tag="choice"):
    """Pick one."""

    options: tuple[Option, ...]


class MultiInput(_Input, frozen=True, kw_only=True, tag="multi"):
    """Pick one or more; the option `none` stands alone."""

    options: tuple[Option, ...]
    none: str | None


class CountryInput(_Input, frozen=True, kw_only=True, tag="country"):
    """Pick a country, of many: by typing its first letters."""

    options: tuple[Option, ...]


class DateInput(_Input, frozen=True, kw_only=True, tag="date"):
    """A day: `YYYY-MM-DD`."""

    sensitive: bool
    autofill: str | None


class TimeInput(_Input, frozen=True, kw_only=True, tag="time"):
    """A time of day: `HH:MM`."""


class MoneyInput(_Input, frozen=True, kw_only=True, tag="money"):
    """An amount with so many decimals; without a `currency` it goes without saying."""

    currency: str | None
    decimals: int


class PhoneInput(_Input, frozen=True, kw_only=True, tag="phone"):
    """A telephone number with the country's prefix."""

    sensitive: bool
    autofill: str | None


class EmailInput(_Input, frozen=True, kw_only=True, tag="email"):
    """An e-mail address."""

    sensitive: bool
    autofill: str | None


class DigitsInput(_Input, frozen=True, kw_only=True, tag="digits"):
    """Exactly `length` digits; a sensitive one is never shown again."""

    length: int
    sensitive: bool
    autofill: str | None


class MonthYearInput(_Input, frozen=True, kw_only=True, tag="month_year"):
    """A month: `MM/YY` or `YYYY-MM`."""


class TextInput(_Input, frozen=True, kw_only=True, tag="text_field"):
    """Words, or a number; `multiline`: there may be several lines of them."""

    max_length: int
    multiline: bool = False
    sensitive: bool
    autofill: str | None


class AddressPart(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an address form; `lines` is a text of up to four lines.

    `autofill` is a token of HTML's `autocomplete`.
    """

    id: Part
    label: str
    required: bool
    autofill: str
    value: str | None = None


class AddressInput(_Input, frozen=True, kw_only=True, tag="address"):
    """A postal address; answered with an object of its parts, `{"lines": "Rua Augusta 12", ...}`.

    `country` is one of the `countries`. An error names its part so: `home.city`. `value` is what
    the parts are filled with, as one text.
    """

    parts: tuple[AddressPart, ...]
    countries: tuple[Option, ...]


class UploadedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was sent up; `size` in bytes."""

    id: str
    name: str
    type: str
    size: int


class UploadInput(_Input, frozen=True, kw_only=True, tag="upload"):
    """Files of the types `accept` (`image/*`), at most `max` of `max_mb` million bytes each.

    Each is sent up first (`POST /v1/conversations/{id}/files`); the answer is the list of their
    ids. `files` are those that were given before. An error names its file so: `files[1]`.
    """

    accept: tuple[str, ...]
    max: int
    max_mb: int
    files: tuple[UploadedFile, ...] = ()


class SignatureInput(_Input, frozen=True, kw_only=True, tag="signature"):
    """A signature: drawn, or a typed name.

    A drawing is sent up as a picture, and the answer is a list of its one id; a typed name is a
    text of at most `max_length` characters.
    """

    max_length: int = MAX_SIGNATURE


class RepeatInput(_Input, frozen=True, kw_only=True, tag="repeat"):
    """The same fields `min` to `max` times; answered with a list of objects.

    `entries` are those that were given before, as typed. An error names its field so:
    `people[0].name`.
    """

    fields: tuple[Component, ...]
    min: int
    max: int
    entries: tuple[dict[str, str], ...] = ()


class PasskeyInput(_Input, frozen=True, kw_only=True, tag="passkey"):
    """Instead of the code: what `proveByPasskey` gives, answered by the customer's passkey."""


class CodeInput(_Input, frozen=True, kw_only=True, tag="code"):
    """The one-time code; another can be asked for at `resend_after`. Null: none was sent yet."""

    length: int = LENGTH
    resend_after: datetime | None


Component = (
    Text
    | Facts
    | Timeline
    | Review
    | ChoiceInput
    | MultiInput
    | CountryInput
    | DateInput
    | TimeInput
    | MoneyInput
    | PhoneInput
    | EmailInput
    | DigitsInput
    | MonthYearInput
    | TextInput
    | AddressInput
    | UploadInput
    | SignatureInput
    | RepeatInput
    | PasskeyInput
    | CodeInput
)


class ScreenAction(msgspec.Struct, frozen=True, kw_only=True):
    """A button."""

    id: str
    label: str
    intent: Literal["primary", "secondary", "danger"]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What just went wrong, or is good to know."""

    tone: Literal["problem", "info"]
    text: str
    code: str


class Can(msgspec.Struct, frozen=True, kw_only=True):
    """What is possible beside going on."""

    back: bool
    cancel: bool
    help: bool


class Accessibility(msgspec.Struct, frozen=True, kw_only=True):
    """What a screen reader says when the screen comes, and what gets the focus.

    `focus` is `title`, `notice`, or the id of an input. After errors the app itself moves it to the
    first input with one.
    """

    announce: str
    focus: str


Kind = Literal["say", "choice", "form", "review", "code", "progress", "wait", "handoff", "end"]


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """One screen of a run. Never holds a sensitive answer."""

    run_id: UUID
    flow: str
    flow_title: str
    rev: int
    step: str
    kind: Kind
    status: Status
    title: str
    body: str | None
    progress: Progress | None
    notice: Notice | None
    components: tuple[Component, ...]
    actions: tuple[ScreenAction, ...]
    can: Can
    until: datetime | None
    """When a wait is over by itself; null: with an event alone, or it is none."""
    nudge: bool
    outcome: Literal["solved", "abandoned", "refused"] | None
    feedback: Literal["csat"] | None
    a11y: Accessibility
    updated_at: datetime


def screen(
    definition: Definition,
    state: State,
    texts: Texts,
    now: datetime,
    resend_after: datetime | None = None,
    filled: Mapping[str, str] = {},
    *,
    passkey: bool = False,
) -> Screen:
    """The run as its customer sees it; `resend_after` is when a new code can be asked for.

    `filled` are the fields whose answers are known: see `selfservice.facts`. `passkey`: the
    customer has one, and the app can use it.
    """
    values = variables(state)
    kind = _kind(definition, state)
    key = _title_key(definition, state, kind, texts)
    title = texts.get(key, values)
    progress = None if state.status in FINAL else definition.progress(place(state))
    notice = _notice(definition, state, texts)
    return Screen(
        run_id=state.run,
        flow=state.flow,
        flow_title=flow_title(definition, texts),
        rev=state.rev,
        step=state.step,
        kind=kind,
        status=state.status,
        title=title,
        body=texts.find(_body_key(definition, state, kind, key, resend_after), values, "body"),
        progress=progress,
        notice=notice,
        components=_components(
            definition,
            state,
            texts,
            now,
            resend_after,
            {**_defaults(definition, state), **filled, **_parked(definition, state)},
            passkey=passkey,
        ),
        actions=_actions(state, kind, texts),
        can=_can(definition, state),
        until=state.until if kind == "wait" else None,
        nudge=_nudge(state),
        outcome=state.outcome,
        feedback=state.feedback,
        a11y=_accessibility(kind, title, progress, notice, texts),
        updated_at=state.updated_at,
    )


def _kind(definition: Definition, state: State) -> Kind:
    if state.status in FINAL:
        return "end"
    if state.resume_at is not None:
        return "handoff"
    match definition.steps[state.step]:
        case Say():
            return "say"
        case Choice():
            return "choice"
        case Form() | Repeat():
            return "form"
        case ReviewStep():
            return "review"
        case Wait():
            return "wait"
        case StepUp():
            return "code"
        case _:
            return "progress"


def _title_key(definition: Definition, state: State, kind: Kind, texts: Texts) -> str:
    if state.status is Status.EXPIRED:
        return "t:expired.title"
    if kind == "handoff" and not isinstance(definition.steps[state.step], Handoff):
        return "t:handoff.title"
    key = step_key(definition, state.step, texts)
    return "t:progress.title" if kind == "progress" and texts.find(key) is None else key


def _body_key(
    definition: Definition, state: State, kind: Kind, title: str, resend_after: datetime | None
) -> str:
    """Where no code was sent, nothing may say that one was."""
    step = definition.steps[state.step]
    unsent = isinstance(step, StepUp) and resend_after is None and "passkey" in step.stepup.methods
    return "t:stepup.unsent" if kind == "code" and unsent else title


def _notice(definition: Definition, state: State, texts: Texts) -> Notice | None:
    if state.notice is None or state.status in FINAL:
        return None
    text = failure_text(definition, state.notice, texts, state)
    return Notice(tone="problem", text=text, code=state.notice.code)


def _accessibility(
    kind: Kind, title: str, progress: Progress | None, notice: Notice | None, texts: Texts
) -> Accessibility:
    said = [notice.text] if notice else []
    said.append(title)
    if progress is not None:
        said.append(texts.get("t:a11y.step", {"at": progress.at, "of": progress.of}))
    focus = "notice" if notice else ("code" if kind == "code" else "title")
    return Accessibility(announce=" ".join(_sentence(one) for one in said), focus=focus)


def _sentence(text: str) -> str:
    """Ends as one, so that a screen reader pauses."""
    return text if text[-1:] in {".", "!", "?", "؟", "…"} else f"{text}."


def _actions(state: State, kind: Kind, texts: Texts) -> tuple[ScreenAction, ...]:
    match kind:
        case "progress" | "wait" | "handoff":
            return ()
        case "end":
            name = "done"
        case "code" | "review":
            name = "confirm"
        case _:
            name = "try_again" if state.notice else "continue"
    action = "done" if kind == "end" else "continue"
    return (ScreenAction(id=action, label=texts.get(f"t:action.{name}"), intent="primary"),)


def _can(definition: Definition, state: State) -> Can:
    return Can(
        back=bool(changeable(definition, state)),
        cancel=can_cancel(definition, state),
        help=definition.help_at(state.step) is not None
        and state.status in {Status.ACTIVE, Status.WAITING},
    )


def _nudge(state: State) -> bool:
    failed = sum(failure.step == state.step for failure in state.failures)
    return state.status is Status.ACTIVE and failed >= NUDGE_AFTER


def _components(
    definition: Definition,
    state: State,
    texts: Texts,
    now: datetime,
    resend_after: datetime | None,
    filled: Mapping[str, str],
    *,
    passkey: bool,
) -> tuple[Component, ...]:
    name = state.step
    match blocking(definition, state):
        case Say() as step:
            return _said(definition, step, state, texts, now)
        case Choice() as step:
            label = texts.get(step.choice, variables(state))
            return tuple(
                replace(_input(definition, name, key, one, texts, filled), label=label, hint=None)
                for key, one in fields_asked(definition, state).items()
            )
        case Form():
            return tuple(
                _again(_input(definition, name, key, one, texts, filled), state)
                for key, one in fields_asked(definition, state).items()
            )
        case Repeat():
            return tuple(
                _repeat(definition, state, key, one, texts)
                for key, one in fields_asked(definition, state).items()
                if isinstance(one, ListField)
            )
        case ReviewStep() as step:
            return _reviewed(definition, step, state, texts)
        case StepUp() as step:
            return _proofs(step, texts, resend_after, passkey=passkey)
        case _:
            return ()


def _parked(definition: Definition, state: State) -> dict[str, str]:
    """What the customer had answered here before they went back."""
    typed = {
        name: as_typed(field, state.parked.answers.get(name))
        for name, field in fields_asked(definition, state).items()
    }
    return {name: text for name, text in typed.items() if text is not None}


def _defaults(definition: Definition, state: State) -> dict[str, str]:
    """What the flow fills in at first, as of when the run came here."""
    at_hand = scope(definition, state, state.updated_at)
    typed = {
        name: as_typed(field, field.default.value(at_hand))
        for name, field in fields_asked(definition, state).items()
        if field.default
    }
    return {name: text for name, text in typed.items() if text is not None}


def _again(drawn: Component, state: State) -> Component:
    """With the files that were given before the customer went back."""
    given = state.parked.answers.get(drawn.id) if isinstance(drawn, UploadInput) else None
    if not isinstance(drawn, UploadInput) or not isinstance(given, list):
        return drawn
    return replace(drawn, files=tuple(UploadedFile(**one) for one in given))


def _repeat(
    definition: Definition, state: State, name: str, field: ListField, texts: Texts
) -> Component:
    drawn = _input(definition, state.step, name, field, texts)
    label = texts.get(field.label, variables(state))
    parked = state.parked.answers.get(name)
    entries = tuple(
        {key: text for key, one in field.fields.items() if (text := as_typed(one, entry.get(key)))}
        for entry in (parked if isinstance(parked, list) else [])
    )
    return replace(drawn, label=label, entries=entries)


def _reviewed(
    definition: Definition, step: ReviewStep, state: State, texts: Texts
) -> tuple[Component, ...]:
    """A line for each answer that was given; what was never asked is left out."""
    open_steps = changeable(definition, state)
    passed = dict.fromkeys(one.step for one in state.trail)
    asked = {
        name: (where, field)
        for where in passed
        for name, field in fields_of(where, definition.steps[where]).items()
    }
    lines = tuple(
        ReviewLine(
            label=texts.get(field.label, variables(state, where)),
            value=in_words(definition, where, field, value, texts),
            step=where if where in open_steps else None,
        )
        for name in step.review
        if name in asked and (value := state.answers.get(name)) is not None
        for where, field in [asked[name]]
    )
    declared = () if step.confirm is None else (Text(text=texts.get(step.confirm)),)
    return (Review(lines=lines), *declared)


def _proofs(
    step: StepUp, texts: Texts, resend_after: datetime | None, *, passkey: bool
) -> tuple[Component, ...]:
    """The ways to prove the identity, the easier one first."""
    hint = texts.find("t:stepup.code", attribute="hint")
    label = texts.get("t:stepup.code")
    code = CodeInput(id="code", label=label, hint=hint, resend_after=resend_after)
    if not passkey or "passkey" not in step.stepup.methods:
        return (code,)
    hint = texts.find("t:stepup.passkey", attribute="hint")
    key = PasskeyInput(id="passkey", label=texts.get("t:stepup.passkey"), hint=hint, required=False)
    return (key, replace(code, required=False))


def _said(
    definition: Definition, step: Say, state: State, texts: Texts, now: datetime
) -> tuple[Component, ...]:
    text = Text(text=texts.get(step.say, variables(state)))
    if step.card is None:
        return (text,)
    return (text, card(step.card, scope(definition, state, now), texts))


def card(shown: Card, at_hand: Scope, texts: Texts) -> Component:
    """What a `say` shows beside its text."""
    match shown:
        case TextCard():
            return Text(text=shown.text.render(at_hand, texts))
        case TimelineCard():
            return Timeline(items=_moments(shown.items.value(at_hand), texts))
        case FactsCard():
            lines = ((line.label, line.value.value(at_hand)) for line in shown.items)
            return Facts(
                items=tuple(
                    Fact(label=texts.get(label), value=str(value))
                    for label, value in lines
                    if value is not None
                )
            )


def _moments(found: Any, texts: Texts) -> tuple[Moment, ...]:
    """What the back end lists; an item without a title is left out."""
    items = found if isinstance(found, list) else []
    return tuple(
        Moment(title=title, at=_day(one.get("at"), texts), done=one.get("done") is True)
        for one in items
        if isinstance(one, dict) and isinstance(title := one.get("title"), str)
    )


def _day(value: Any, texts: Texts) -> str | None:
    if not isinstance(value, str):
        return None
    return texts.day(value[:10]) if texts.is_day(value[:10]) else value


def _input(
    definition: Definition,
    step: str,
    name: str,
    field: Field,
    texts: Texts,
    filled: Mapping[str, str] = {},
) -> Component:
    shared: dict[str, Any] = {
        "id": name,
        "label": texts.get(field.label),
        "hint": _hint(field, texts),
        "required": not field.optional,
        "value": filled.get(name),
    }
    private: dict[str, Any] = {"sensitive": field.sensitive, "autofill": field.autofill}
    match field:
        case DigitsField():
            return DigitsInput(**shared, **private, length=field.length)
        case MonthYearField():
            return MonthYearInput(**shared)
        case TextField():
            return TextInput(**shared, **private, max_length=field.max, multiline=field.multiline)
        case NumberField():
            return TextInput(**shared, **private, max_length=MAX_NUMBER_LENGTH)
        case MoneyField(currency=currency):
            return MoneyInput(**shared, currency=currency, decimals=decimals(currency))
        case DateField():
            return DateInput(**shared, **private)
        case TimeField():
            return TimeInput(**shared)
        case PhoneField():
            return PhoneInput(**shared, **{**private, "autofill": field.autofill or "tel"})
        case EmailField():
            return EmailInput(**shared, **{**private, "autofill": field.autofill or "email"})
        case CountryField():
            return CountryInput(**shared, options=_countries(field, texts))
        case AddressField():
            parts = _parts(field, filled.get(name), texts)
            return AddressInput(**shared, parts=parts, countries=_countries(field, texts))
        case UploadField():
            return UploadInput(**shared, accept=field.accept, max=field.max, max_mb=field.max_mb)
        case SignatureField():
            return SignatureInput(**shared)
        case MultiField():
            options = _options(definition, step, field.options, texts)
            return MultiInput(**shared, options=options, none=field.none)
        case BooleanField():
            return ChoiceInput(**shared, options=_options(definition, step, ("yes", "no"), texts))
        case ChoiceField():
            options = _options(definition, step, field.options or (), texts)
            return ChoiceInput(**shared, options=options)
        case ItemField():
            return ChoiceInput(**shared, options=_items(field, texts))
        case ListField():
            fields = tuple(
                _input(definition, step, key, one, texts) for key, one in field.fields.items()
            )
            return RepeatInput(**shared, fields=fields, min=field.min, max=field.max)


def _countries(field: CountryField | AddressField, texts: Texts) -> tuple[Option, ...]:
    return tuple(
        Option(value=code, label=name)
        for code, name in texts.countries().items()
        if is_taken(field, code)
    )


_AUTOFILL: dict[Part, str] = {
    "lines": "street-address",
    "postal_code": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
    "country": "country",
}


def _parts(field: AddressField, typed: str | None, texts: Texts) -> tuple[AddressPart, ...]:
    """The lines of an address form, filled with an address as it would be typed."""
    known = taken(field, typed) if typed else None
    values = {"lines": "", **known} if isinstance(known, dict) else {}
    return tuple(
        AddressPart(
            id=part,
            label=texts.get(f"t:address.{part}"),
            required=part in NEEDED,
            autofill=" ".join(filter(None, (field.autofill, _AUTOFILL[part]))),
            value="\n".join(values[part]) if part == "lines" and values else values.get(part),
        )
        for part in PARTS
    )


def _hint(field: Field, texts: Texts) -> str | None:
    if key := field.hint or field.a11y.hint:
        return texts.get(key)
    return texts.find(field.label, attribute="hint") if field.label.startswith("t:") else None


def _options(
    definition: Definition, step: str, options: tuple[str, ...], texts: Texts
) -> tuple[Option, ...]:
    return tuple(
        Option(value=one, label=option_label(definition, step, one, texts)) for one in options
    )


def _items(field: ItemField, texts: Texts) -> tuple[Option, ...]:
    wanted = field.options_from
    return tuple(
        Option(
            value=key,
            label=wanted.label.render(item, texts),
            detail=wanted.detail.render(item, texts) if wanted.detail else None,
        )
        for key, item in field.items.items()
    )
