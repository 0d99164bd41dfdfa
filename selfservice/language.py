"""What may stand in a flow? The YAML language as structs.

A step has exactly one kind key (`say`, `choice`, `form`, `review`, `repeat`, `set`, `call`,
`action`, `stepup`, `wait`, `handoff`, `end`); a field has a `type`. Unknown keys are refused, so
that nothing in a file is silently without effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from selfservice.expression import Expression, Scope
from selfservice.pattern import Pattern
from selfservice.template import Template

Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$")]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
"""A text of the flow: `t:key` names an entry of the catalogues, anything else stands as it is."""
ActionName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=100)]
EventName = ActionName
"""What happens at the company, such as `parcel.late`; `customer_returns` is Warmline's own."""
Option = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
"""A code of ISO 3166-1, such as `PT`."""
MediaType = Annotated[str, Meta(pattern=r"^[a-z]+/([a-z0-9.+-]+|\*)$", max_length=100)]
"""A type of files, such as `application/pdf`, or all of a kind: `image/*`."""
Channel = Literal["text", "voice", "video"]
Priority = Annotated[int, Meta(ge=0, le=9)]
Skills = dict[Name, Annotated[int, Meta(ge=1, le=5)]]
"""What the human must know, each at least at this level."""
Options = Annotated[tuple[Option, ...], Meta(min_length=1, max_length=200)]


Items = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...],
    Meta(min_length=1, max_length=500),
]


class Seconds(int):
    """A duration, written `8s`, `20m`, `72h`, `14d`."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of the language: immutable, closed."""


class Rule(_Part, frozen=True, kw_only=True):
    """One line of a `next`: `if` and `goto`, or `else`."""

    if_: Expression | None = field(name="if", default=None)
    """The rule."""
    goto: Name | None = None
    """Where the run goes when it holds."""
    else_: Name | None = field(name="else", default=None)
    """Where it goes when none held; only in the last line, and always there."""

    def __post_init__(self) -> None:
        if (self.if_ is not None, self.goto is not None, self.else_ is not None) not in {
            (True, True, False),
            (False, False, True),
        }:
            raise ValueError("write either `if` and `goto`, or `else`")


class PriorityRule(_Part, frozen=True, kw_only=True):
    """One line of a `priority`: `if` and `is`, or `else`."""

    if_: Expression | None = field(name="if", default=None)
    """The rule."""
    is_: Priority | None = field(name="is", default=None)
    """The priority when it holds."""
    else_: Priority | None = field(name="else", default=None)
    """The priority when none held; only in the last line."""

    def __post_init__(self) -> None:
        if (self.if_ is not None, self.is_ is not None, self.else_ is not None) not in {
            (True, True, False),
            (False, False, True),
        }:
            raise ValueError("write either `if` and `is`, or `else`")


Target = Annotated[str, Meta(min_length=1, max_length=64)]
"""A step's name. Without `pattern`: msgspec 0.22 frees a pattern that shares a union with a
container as if it were a type, and dies (tests/unit/test_structs.py); the name is looked up anyway.
"""

Next = Target | tuple[Rule, ...]


def choose(following: Next, scope: Scope) -> str:
    """The step that comes next: the first rule that holds, else the `else`."""
    if isinstance(following, str):
        return following
    for rule in following:
        if rule.if_ is not None and rule.goto is not None and rule.if_.holds(scope):
            return rule.goto
    return str(following[-1].else_)


# --- fields -----------------------------------------------------------------------------------


class Accessibility(_Part, frozen=True, kw_only=True):
    """What a screen reader says in addition."""

    hint: Text | None = None
    """A hint for ears: what the label and the hint do not say."""


class TextInstead(_Part, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """What apps get that cannot draw this field: words, and the answer is then that text."""

    max: Annotated[int, Meta(ge=1, le=10_000)] = 500
    """How many characters at most."""
    hint: Text | None = None
    """What stands below the label there."""


class _Field(_Part, frozen=True, kw_only=True, tag_field="type"):
    label: Text
    """What is asked for."""
    hint: Text | None = None
    """What stands below the label."""
    error: Text | None = None
    """The words when it does not fit."""
    optional: bool = False
    """It may be left empty; the answer is null then."""
    show_if: Expression | None = None
    """Asked only where this holds, of what was answered before this screen."""
    check: Expression | None = None
    """What `value` must be; may look at the fields above it."""
    default: Expression | None = None
    """What it is filled with at first; the customer may change it."""
    sensitive: bool = False
    """Sealed before it is stored; no rule can look at it."""
    retain: Seconds | None = None
    """How long the answer is kept; after that nobody here knows it any more."""
    fact: Name | None = None
    """What the answer tells of the customer; other flows and agents need not ask for it again."""
    max_age: Seconds = Seconds(30 * 86_400)
    """How old may it be to be taken for an answer?"""
    autofill: Annotated[str, Meta(max_length=64)] | None = None
    """What the phone may fill in, by its word in HTML."""
    a11y: Accessibility = Accessibility()
    fallback: TextInstead | None = None


class DigitsField(_Field, frozen=True, kw_only=True, tag="digits"):
    """Exactly `length` digits; spaces and hyphens are dropped. Kept as text."""

    length: Annotated[int, Meta(ge=1, le=32)]
    """How many."""


class MonthYearField(_Field, frozen=True, kw_only=True, tag="month_year"):
    """A month such as a card's expiry: `11/30` or `2030-11`, kept as `2030-11`."""


class TextField(_Field, frozen=True, kw_only=True, tag="text"):
    """Free text of at most `max` characters, all of it of the form `pattern`."""

    max: Annotated[int, Meta(ge=1, le=10_000)] = 200
    """How many characters at most."""
    multiline: bool = False
    """Lines may be broken."""
    pattern: Pattern | None = None
    """The form, a small part of regular expressions: `[A-Z]{2}[0-9]{8}`."""


class OptionsFrom(_Part, frozen=True, kw_only=True):
    """Options out of what the back end told: one per item of `list`, named by its `id`.

    The answer is the whole item; rules read `answers.<name>.<key>`.
    """

    list: Expression
    """Where the items are: `results.pick.items`."""
    id: Name
    """The key by which items are told apart."""
    label: Template
    """The line that names an item."""
    detail: Template | None = None
    """A line below it."""


class ChoiceField(_Field, frozen=True, kw_only=True, tag="choice"):
    """One of the options, or of a result's items."""

    options: Options | None = None
    """The options, where they stand in the flow."""
    options_from: OptionsFrom | None = None
    """Instead of them: items of a result."""

    def __post_init__(self) -> None:
        if (self.options is None) == (self.options_from is None):
            raise ValueError("write either `options` or `options_from`")


class MultiField(_Field, frozen=True, kw_only=True, tag="multi"):
    """One or more of the options, as a list or as one text with commas.

    Kept as a list in the order of the options. It can be no `fact`.
    """

    options: Options
    """The options."""
    none: Option | None = None
    """The option that excludes the others."""


class BooleanField(_Field, frozen=True, kw_only=True, tag="boolean"):
    """Yes or no."""


class NumberField(_Field, frozen=True, kw_only=True, tag="number"):
    """A number, whole or decimal."""


class MoneyField(_Field, frozen=True, kw_only=True, tag="money"):
    """An amount, not below zero, with the decimals of its `currency` (two where none is named).

    `12.50`, `12,50`, `1,250.00` or `1.250,00`, but not `1,250`; kept as a number.
    """

    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    """Its code, `EUR`."""


class DateField(_Field, frozen=True, kw_only=True, tag="date"):
    """A day of the calendar, `2026-11-20`."""


class TimeField(_Field, frozen=True, kw_only=True, tag="time"):
    """A time of day, `14:30`."""


class CountryField(_Field, frozen=True, kw_only=True, tag="country"):
    """A country, kept as its code, `PT`: all there are, `only` some, or all `without` some.

    The app gets them by name, in the customer's language.
    """

    only: tuple[Country, ...] = ()
    """These alone."""
    without: tuple[Country, ...] = ()
    """All but these."""


class PhoneField(_Field, frozen=True, kw_only=True, tag="phone"):
    """A telephone number with the country's prefix, `+351 912 345 678` or `00351...`.

    Kept as `+351912345678`.
    """


class EmailField(_Field, frozen=True, kw_only=True, tag="email"):
    """An e-mail address."""


class AddressField(_Field, frozen=True, kw_only=True, tag="address"):
    """A postal address: an object of `lines`, `postal_code`, `city`, `region` and `country`.

    `lines` is a list, `country` its code; street, city and country are needed. Rules read
    `answers.home.city`. It can be no `fact`.
    """

    only: tuple[Country, ...] = ()
    """In these countries alone."""
    without: tuple[Country, ...] = ()
    """In all but these."""


class UploadField(_Field, frozen=True, kw_only=True, tag="upload"):
    """Files that the customer sends, kept as a list of `{id, name, type, size}`."""

    accept: Annotated[tuple[MediaType, ...], Meta(max_length=10)] = ()
    """Which types are taken, at least one: `[image/*, application/pdf]`."""
    max: Annotated[int, Meta(ge=1, le=10)] = 1
    """How many files at most."""
    max_mb: Annotated[int, Meta(ge=0, le=100)] = 0
    """How large each may be, in millions of bytes; it must be said."""


class SignatureField(_Field, frozen=True, kw_only=True, tag="signature"):
    """A signature: drawn, kept as `{id, name, type, size, at}`, or a typed name, `{typed, at}`.

    A customer who goes back past it signs again.
    """


class ItemField(_Field, frozen=True, kw_only=True, tag="item"):
    """A choice whose `options_from` was looked up: its items by their ids. It stands in no file."""

    items: dict[str, dict[str, Any]]
    options_from: OptionsFrom


class ListField(_Field, frozen=True, kw_only=True, tag="list"):
    """What a `repeat` asks for, as one field. It stands in no file."""

    fields: dict[str, Field]
    min: int
    max: int


WrittenField = (
    DigitsField
    | MonthYearField
    | TextField
    | ChoiceField
    | MultiField
    | BooleanField
    | NumberField
    | MoneyField
    | DateField
    | TimeField
    | CountryField
    | PhoneField
    | EmailField
    | AddressField
    | UploadField
    | SignatureField
)
"""Every kind of field that a flow file can have."""
Field = WrittenField | ItemField | ListField
Sealable = DigitsField | MonthYearField | TextField | DateField | PhoneField | EmailField
"""What can be `sensitive`: those that are kept as text."""


# --- steps ------------------------------------------------------------------------------------


class FactLine(_Part, frozen=True, kw_only=True):
    """One line of a facts card."""

    label: Text
    """What the value is."""
    value: Expression
    """The value; a line without one is left out."""


class Facts(_Part, frozen=True, kw_only=True, tag_field="type", tag="facts"):
    """Label and value pairs shown with a `say`."""

    items: Annotated[tuple[FactLine, ...], Meta(min_length=1, max_length=20)]
    """The lines."""


class TextCard(_Part, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """One line; names in braces start with a root: `{results.track.summary}`."""

    text: Template
    """The line."""


class Timeline(_Part, frozen=True, kw_only=True, tag_field="type", tag="timeline"):
    """What happened and what will: a list of `{title, at, done}` out of a result.

    Apps that cannot draw it get the `fallback`.
    """

    items: Expression
    """Where the list is: `results.track.events`."""
    fallback: TextCard | None = None
    """What apps get that draw no timeline."""


Card = Facts | Timeline | TextCard


class Say(_Part, frozen=True, kw_only=True):
    """Shows a text, and with a `card` what a result holds; the customer taps to go on."""

    say: Text
    """The text."""
    next: Next
    """Where the run goes."""
    card: Card | None = None
    """What is shown with it."""


class Choice(_Part, frozen=True, kw_only=True):
    """One option of several, kept as the answer `name` (the step's own name when not given).

    `many`: one or more of them, kept as a list; the option `none` stands alone. `options_from`:
    the options are items of a result, and the answer is the item.
    """

    choice: Text
    """The question."""
    options: Options | None = None
    """The options, where they stand in the flow."""
    options_from: OptionsFrom | None = None
    """Instead of them: items of a result; the answer is the item."""
    next: Next
    """Where the run goes."""
    many: bool = False
    """Several can be chosen; the answer is a list. It can be no `fact` then."""
    none: Option | None = None
    """The option that excludes the others."""
    name: Name | None = None
    """The answer's name, where it is not the step's."""
    fact: Name | None = None
    """What the answer tells of the customer."""
    max_age: Seconds = Seconds(30 * 86_400)
    """How old may it be to be taken for an answer?"""

    def __post_init__(self) -> None:
        if (self.options is None) == (self.options_from is None):
            raise ValueError("write either `options` or `options_from`")


class Form(_Part, frozen=True, kw_only=True):
    """One screen of up to 20 fields, each kept as the answer of its name."""

    form: Text
    """The title."""
    fields: Annotated[dict[Name, WrittenField], Meta(min_length=1, max_length=20)]
    """The fields by the names of their answers."""
    next: Next
    """Where the run goes."""


class Review(_Part, frozen=True, kw_only=True):
    """The answers named, each with a way to change it, and what the customer declares by going on.

    What was never asked is left out. An answer that a write has used cannot be changed any more.
    """

    review: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=50)]
    """The answers, by name."""
    next: Next
    """Where the run goes."""
    confirm: Text | None = None
    """What the customer declares by going on."""


class Repeat(_Part, frozen=True, kw_only=True):
    """As many times the same fields as the customer needs, `min` to `max`; kept as one list.

    The answer `name` (the step's own name when not given) is a list of objects.
    """

    repeat: Text
    """The title."""
    fields: Annotated[dict[Name, WrittenField], Meta(min_length=1, max_length=20)]
    """The fields of one entry; neither `sensitive` nor a `fact`."""
    next: Next
    """Where the run goes."""
    name: Name | None = None
    """The answer's name, where it is not the step's."""
    min: Annotated[int, Meta(ge=0, le=50)] = 1
    """How many entries at least."""
    max: Annotated[int, Meta(ge=1, le=50)] = 10
    """How many entries at most."""


class OnError(_Part, frozen=True, kw_only=True):
    """What to do when an action was certainly not done: `retry` more tries, then a step."""

    then: Name
    """Where the run goes."""
    retry: Annotated[int, Meta(ge=0, le=5)] = 2
    """How many more tries before that; none in a crisis."""


class OnUnknown(_Part, frozen=True, kw_only=True):
    """What to do when nobody knows whether a write happened: ask a read action, never repeat."""

    check: ActionName
    """The read that is asked what became of it."""
    if_: Expression = field(name="if")
    """Over its `result`: whether it happened."""
    goto: Name
    """Where the run goes when it did."""
    else_: Name = field(name="else")
    """Where it goes when it did not, or nobody can tell."""
    with_: dict[Name, Expression] = field(name="with", default={})
    """What the read is sent."""


class Action(_Part, frozen=True, kw_only=True):
    """Something the company's back end does."""

    action: ActionName
    """Its name at the company's back end."""
    effect: Literal["read", "write"]
    """Whether it changes anything."""
    next: Next
    """Where the run goes; rules may look at its `result`."""
    on_error: OnError
    with_: dict[Name, Expression] = field(name="with", default={})
    """What is sent."""
    done_if: Expression | None = None
    """When a write that was answered has really happened."""
    timeout: Seconds = Seconds(8)
    """How long the back end may take."""
    on_unknown: OnUnknown | None = None
    fresh_for: Seconds | None = None
    """How long the result of a read is good."""


class Set(_Part, frozen=True, kw_only=True):
    """Answers that nobody is asked for, computed from others; the run goes on at once."""

    set: Annotated[dict[Name, Expression], Meta(min_length=1, max_length=20)]
    """The answers by their names."""
    next: Next
    """Where the run goes."""


class CallRule(_Part, frozen=True, kw_only=True):
    """Which flow, and what it is given."""

    flow: Name
    """Its name."""
    with_: dict[Name, Expression] = field(name="with", default={})
    """Its inputs."""


class Call(_Part, frozen=True, kw_only=True):
    """Another flow as a part of this one; its `returns` are the step's result."""

    call: CallRule
    next: Next
    """Where the run goes afterwards; rules may look at the result."""


class WaitRule(_Part, frozen=True, kw_only=True):
    """Until when: so long, or an event of the company's, whichever is first.

    `customer_returns` is the event that the customer opens the run again. `push` is what the
    customer is told when the time is over.
    """

    for_: Seconds | None = field(name="for", default=None)
    """How long."""
    or_event: EventName | None = None
    """The event; `customer_returns` is that the run is opened again."""
    push: Text | None = None
    """What the customer is told when the time is over."""

    def __post_init__(self) -> None:
        if self.for_ is None and self.or_event is None:
            raise ValueError("write `for`, `or_event` or both")


class Wait(_Part, frozen=True, kw_only=True):
    """The run rests; its result tells what it went on for: `{event: null}` is the time."""

    wait: WaitRule
    next: Next
    """Where the run goes afterwards; rules may look at the result."""


class OnDenied(_Part, frozen=True, kw_only=True):
    """Where to go when the identity could not be proved."""

    goto: Name
    """Where the run goes."""


Method = Literal["passkey", "otp_host"]
"""How an identity is proved: `otp_host` is a one-time code that the company's own sender delivers,
`passkey` a key in the customer's device (WebAuthn), used with face, finger or PIN.
"""


class StepUpRule(_Part, frozen=True, kw_only=True):
    """What is to be proved, and by what."""

    level: Annotated[int, Meta(ge=1, le=4)]
    """How sure: the higher, the surer."""
    methods: Annotated[tuple[Method, ...], Meta(min_length=1)]
    """How it can be proved: by a code that the company sends, or by the device's own key."""
    max_age: Seconds
    """How old a proof may be."""
    attempts: Annotated[int, Meta(ge=1, le=10)] = 3
    """How many refusals are taken."""


class StepUp(_Part, frozen=True, kw_only=True):
    """Proof of identity at a `level`; skipped while there is one that is young enough."""

    stepup: StepUpRule
    next: Next
    """Where the run goes."""
    on_denied: OnDenied


class HandoffRule(_Part, frozen=True, kw_only=True):
    """Which human gets the run, and how urgently (a higher priority is served first)."""

    queue: Name
    """Which queue."""
    reason: Name
    """Why, in one word."""
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1)] = ("text", "voice", "video")
    """How the customer can talk to them."""
    callback: bool = False
    """Whether being called back is offered."""
    priority: Priority | tuple[PriorityRule, ...] = 1
    """How urgent; the higher is served first. Or rules."""
    skills: Skills = {}
    """What the agent must know, each at least at that level: `{fraud: 3}`."""
    crisis: bool = False
    """Whether they are served before everybody."""


class Handoff(_Part, frozen=True, kw_only=True):
    """The flow itself gives up to a human; a hand-back goes on at `resume_at`."""

    handoff: HandoffRule
    resume_at: Name
    """Where a hand-back goes on."""


class FollowUp(_Part, frozen=True, kw_only=True):
    """After the end: what the customer is told when the company's event comes."""

    push: Text
    """The words."""
    on_event: EventName
    """The company's event."""


class End(_Part, frozen=True, kw_only=True):
    """The run is over. Where it was called by another flow, that goes on with `returns`."""

    end: Literal["solved", "abandoned", "refused"]
    """How it ended."""
    screen: Text | None = None
    """The text, where the outcome's own does not do."""
    feedback: Literal["csat"] | None = None
    """`csat` asks for a rating."""
    returns: dict[Name, Expression] = {}
    """What a calling flow gets."""
    follow_up: FollowUp | None = None


# --- what linking makes of a call ---------------------------------------------------------------


class Enter(msgspec.Struct, frozen=True, kw_only=True):
    """The way into a called flow: its inputs are computed, and it begins at `start`."""

    with_: dict[str, Expression]
    start: str


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """The way out of it, in place of an `end`: the result of the step `into`, then its `next`."""

    into: str
    returns: dict[str, Expression]
    next: Next


Written = (
    Say | Choice | Form | Review | Repeat | Set | Call | Action | StepUp | Wait | Handoff | End
)
"""Every kind of step that a flow file can have."""
Step = Written | Enter | Return
Blocking = Say | Choice | Form | Review | Repeat | StepUp


# --- the flow ---------------------------------------------------------------------------------


class Input(_Part, frozen=True, kw_only=True):
    """What the app passes at the start; never asked."""

    type: Literal["id", "text", "number", "boolean"]
    """What kind of value."""
    fact: Name | None = None
    """What it tells of the customer."""
    from_: Literal["app", "caller"] = field(name="from", default="app")
    """`caller`: the flow is mostly called by another one, which passes it."""
    optional: bool = False
    """It may be missing; it is null then."""


class OnHelp(_Part, frozen=True, kw_only=True):
    """Which queue the help button reaches; the run stays where it is."""

    queue: Name
    """Whom the help button reaches."""
    reason: Name
    """Why, in one word."""
    priority: Priority = 1
    """How urgent; the higher is served first."""
    skills: Skills = {}
    """What the agent must know, each at least at that level."""
    crisis: bool = False
    """Whether they are served before everybody."""


class OnCancel(_Part, frozen=True, kw_only=True):
    """Where the run goes when the customer stops it."""

    goto: Name
    """Where stopping leads. Without it a run cannot be stopped."""


class OnIdle(_Part, frozen=True, kw_only=True):
    """The reminder sent when a run lies still."""

    after: Seconds
    """How long a run lies still."""
    push: Text
    """What its customer is told then, once."""


class On(_Part, frozen=True, kw_only=True):
    """What is valid at every step."""

    help: OnHelp | None = None
    cancel: OnCancel | None = None
    idle: OnIdle | None = None


class Head(_Part, frozen=True, kw_only=True):
    """A flow file without its steps."""

    flow: Name
    """The name in the API."""
    title: Text
    """What the customer reads; its first word after `t:` is the prefix of the text keys."""
    start: Name
    """The first step."""
    label: Annotated[str, Meta(max_length=100)] | None = None
    """A name of this version for people."""
    owner: Annotated[str, Meta(max_length=100)] | None = None
    """The team that answers for it."""
    inputs: dict[Name, Input] = {}
    lists: dict[Name, Items] = {}
    """What several rules look into: `answers.land in lists.schengen`."""
    expires: Seconds = Seconds(30 * 86_400)
    """How long a run may lie still before it is over."""
    on: On = On()
    crisis: bool = False
    """Nobody waits for retries, and whoever asks for a human comes first."""
    anonymous: bool = False
    """Also for customers who did not sign in."""

    @property
    def short(self) -> str:
        """The first word of the flow's text keys: `activate` of `t:activate.title`."""
        prefix, dot, _ = self.title.removeprefix("t:").partition(".")
        return prefix if dot and self.title.startswith("t:") else self.flow


def targets(step: Step) -> tuple[str, ...]:
    """Every step that can follow, the intended ways first."""
    match step:
        case End():
            return ()
        case Handoff():
            return (step.resume_at,)
        case Enter():
            return (step.start,)
        case StepUp():
            return (*_next(step.next), step.on_denied.goto)
        case Action():
            unknown = step.on_unknown
            asked = (unknown.goto, unknown.else_) if unknown else ()
            return (*_next(step.next), *asked, step.on_error.then)
        case _:
            return _next(step.next)


def _next(following: Next) -> tuple[str, ...]:
    if isinstance(following, str):
        return (following,)
    return tuple(target for rule in following if (target := rule.goto or rule.else_))


def fields_of(name: str, step: Step) -> Mapping[str, Field]:
    """The answers that a step gives, each as a field; a choice is a form of one."""
    match step:
        case Form():
            return step.fields
        case Choice():
            return {step.name or name: _chosen(step)}
        case Repeat():
            return {step.name or name: _list_of(step)}
        case _:
            return {}


def _chosen(step: Choice) -> ChoiceField | MultiField:
    if step.many and step.options:
        return MultiField(
            label=step.choice,
            options=step.options,
            none=step.none,
            fact=step.fact,
            max_age=step.max_age,
        )
    return ChoiceField(
        label=step.choice,
        options=step.options,
        options_from=step.options_from,
        fact=step.fact,
        max_age=step.max_age,
    )


def _list_of(step: Repeat) -> ListField:
    return ListField(
        label=step.repeat,
        optional=step.min == 0,
        fields=dict(step.fields),
        min=step.min,
        max=step.max,
    )
