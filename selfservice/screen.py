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
from selfservice.language import (
    BooleanField,
    Choice,
    ChoiceField,
    CountryField,
    DateField,
    DigitsField,
    EmailField,
    Field,
    Form,
    Handoff,
    MoneyField,
    MonthYearField,
    MultiField,
    NumberField,
    PhoneField,
    Say,
    StepUp,
    TextField,
    TimeField,
    fields_of,
)
from selfservice.reading import decimals, is_taken
from selfservice.run import can_cancel
from selfservice.scope import scope
from selfservice.state import FINAL, State, Status, blocking, place
from selfservice.texts import Texts
from selfservice.wording import failure_text, flow_title, option_label, step_key, variables

MAX_NUMBER_LENGTH = 25
NUDGE_AFTER = 2
"""Failures of one step after which doing it together is offered."""


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One way to answer a choice."""

    value: str
    label: str


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
    """Words, or a number."""

    max_length: int
    sensitive: bool
    autofill: str | None


class CodeInput(_Input, frozen=True, kw_only=True, tag="code"):
    """The one-time code; another can be asked for at `resend_after`."""

    length: int = LENGTH
    resend_after: datetime | None


Component = (
    Text
    | Facts
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

    cancel: bool
    help: bool


Kind = Literal["say", "choice", "form", "code", "progress", "handoff", "end"]


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
    nudge: bool
    outcome: Literal["solved", "abandoned", "refused"] | None
    feedback: Literal["csat"] | None
    updated_at: datetime


def screen(
    definition: Definition,
    state: State,
    texts: Texts,
    now: datetime,
    resend_after: datetime | None = None,
    filled: Mapping[str, str] = {},
) -> Screen:
    """The run as its customer sees it; `resend_after` is when a new code can be asked for.

    `filled` are the fields whose answers are known: see `selfservice.facts`.
    """
    values = variables(state)
    kind = _kind(definition, state)
    key = _title_key(definition, state, kind, texts)
    return Screen(
        run_id=state.run,
        flow=state.flow,
        flow_title=flow_title(definition, texts),
        rev=state.rev,
        step=state.step,
        kind=kind,
        status=state.status,
        title=texts.get(key, values),
        body=texts.find(key, values, "body"),
        progress=None if state.status in FINAL else definition.progress(place(state)),
        notice=_notice(definition, state, texts),
        components=tuple(
            _filled(one, filled) for one in _components(definition, state, texts, now, resend_after)
        ),
        actions=_actions(state, kind, texts),
        can=_can(definition, state),
        nudge=_nudge(state),
        outcome=state.outcome,
        feedback=state.feedback,
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
        case Form():
            return "form"
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


def _notice(definition: Definition, state: State, texts: Texts) -> Notice | None:
    if state.notice is None or state.status in FINAL:
        return None
    text = failure_text(definition, state.notice, texts, state)
    return Notice(tone="problem", text=text, code=state.notice.code)


def _actions(state: State, kind: Kind, texts: Texts) -> tuple[ScreenAction, ...]:
    match kind:
        case "progress" | "handoff":
            return ()
        case "end":
            name = "done"
        case "code":
            name = "confirm"
        case _:
            name = "try_again" if state.notice else "continue"
    action = "done" if kind == "end" else "continue"
    return (ScreenAction(id=action, label=texts.get(f"t:action.{name}"), intent="primary"),)


def _can(definition: Definition, state: State) -> Can:
    return Can(
        cancel=can_cancel(definition, state),
        help=definition.head.on.help is not None
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
) -> tuple[Component, ...]:
    name = state.step
    match blocking(definition, state):
        case Say() as step:
            return _said(definition, step, state, texts, now)
        case Choice() as step:
            label = texts.get(step.choice, variables(state))
            return tuple(
                replace(_input(definition, name, key, one, texts), label=label, hint=None)
                for key, one in fields_of(name, step).items()
            )
        case Form():
            return tuple(
                _input(definition, name, key, one, texts)
                for key, one in fields_asked(definition, state).items()
            )
        case StepUp():
            hint = texts.find("t:stepup.code", attribute="hint")
            label = texts.get("t:stepup.code")
            return (CodeInput(id="code", label=label, hint=hint, resend_after=resend_after),)
        case _:
            return ()


def _filled(component: Component, filled: Mapping[str, str]) -> Component:
    if isinstance(component, _Input) and component.id in filled:
        return replace(component, value=filled[component.id])
    return component


def _said(
    definition: Definition, step: Say, state: State, texts: Texts, now: datetime
) -> tuple[Component, ...]:
    text = Text(text=texts.get(step.say, variables(state)))
    if step.card is None:
        return (text,)
    at_hand = scope(definition, state, now)
    shown = ((line.label, line.value.value(at_hand)) for line in step.card.items)
    facts = tuple(
        Fact(label=texts.get(label), value=str(value))
        for label, value in shown
        if value is not None
    )
    return (text, Facts(items=facts))


def _input(definition: Definition, step: str, name: str, field: Field, texts: Texts) -> Component:
    shared: dict[str, Any] = {
        "id": name,
        "label": texts.get(field.label),
        "hint": _hint(field, texts),
        "required": not field.optional,
    }
    private: dict[str, Any] = {"sensitive": field.sensitive, "autofill": field.autofill}
    match field:
        case DigitsField():
            return DigitsInput(**shared, **private, length=field.length)
        case MonthYearField():
            return MonthYearInput(**shared)
        case TextField():
            return TextInput(**shared, **private, max_length=field.max)
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
            taken = tuple(
                Option(value=code, label=name)
                for code, name in texts.countries().items()
                if is_taken(field, code)
            )
            return CountryInput(**shared, options=taken)
        case MultiField():
            options = _options(definition, step, field.options, texts)
            return MultiInput(**shared, options=options, none=field.none)
        case BooleanField():
            return ChoiceInput(**shared, options=_options(definition, step, ("yes", "no"), texts))
        case ChoiceField():
            return ChoiceInput(**shared, options=_options(definition, step, field.options, texts))


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
