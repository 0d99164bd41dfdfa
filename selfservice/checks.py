"""What in a flow can never work? Found when it is loaded, each with its place.

What merely should not go live like this is found by `selfservice.lint`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from babel.numbers import is_currency

from selfservice.countries import countries
from selfservice.expression import Expression, compile_expression
from selfservice.finding import Finding
from selfservice.language import (
    Action,
    AddressField,
    Call,
    Card,
    Choice,
    ChoiceField,
    CountryField,
    End,
    Enter,
    Facts,
    Field,
    Form,
    Handoff,
    Head,
    MoneyField,
    MultiField,
    Next,
    Repeat,
    Review,
    Rule,
    Say,
    Sealable,
    Set,
    SignatureField,
    Step,
    StepUp,
    TextCard,
    Timeline,
    UploadField,
    Wait,
    Written,
    WrittenField,
    fields_of,
    targets,
)
from selfservice.reading_files import TYPES

_SEALABLE = "digits, month_year, text, date, phone and email"
_Many = AddressField | UploadField | SignatureField
"""What is kept as more than one value."""


def check(head: Head, steps: dict[str, Written]) -> Iterator[Finding]:
    """Find everything that can never work."""
    for place, target in _all_targets(head, steps):
        if target not in steps:
            yield _found("E001", place, f"there is no step `{target}`")
    if head.anonymous:
        yield from _check_anonymous(steps)
    for name, step in steps.items():
        yield from _check_step(f"steps.{name}", step, steps)
    yield from _check_reachable(head, steps)
    yield from _check_answer_names(steps)
    known = _Known.of(head, steps)
    for use in uses(steps):
        yield from known.check(use)


def _found(code: str, place: str, message: str) -> Finding:
    return Finding(code=code, place=place, message=message)


def _check_anonymous(steps: dict[str, Written]) -> Iterator[Finding]:
    for name, step in steps.items():
        if isinstance(step, Action | StepUp):
            why = "the company does not know whom it is for: the flow is `anonymous`"
            yield _found("E021", f"steps.{name}", why)


def _all_targets(head: Head, steps: dict[str, Written]) -> Iterator[tuple[str, str]]:
    yield "start", head.start
    if head.on.cancel:
        yield "on.cancel.goto", head.on.cancel.goto
    for name, step in steps.items():
        yield from ((f"steps.{name}.{key}", target) for key, target in placed_targets(step))


def placed_targets(step: Step) -> Iterator[tuple[str, str]]:
    """Every step that can follow, with the key that says so: `next[0].goto`."""
    match step:
        case End():
            return
        case Handoff():
            yield "resume_at", step.resume_at
            return
        case Enter():
            yield "start", step.start
            return
        case Action():
            yield "on_error.then", step.on_error.then
            if step.on_unknown:
                yield "on_unknown.goto", step.on_unknown.goto
                yield "on_unknown.else", step.on_unknown.else_
        case StepUp():
            yield "on_denied.goto", step.on_denied.goto
    yield from _next_targets(step.next)


def _next_targets(following: Next) -> Iterator[tuple[str, str]]:
    if isinstance(following, str):
        yield "next", following
        return
    for index, rule in enumerate(following):
        if rule.goto:
            yield f"next[{index}].goto", rule.goto
        if rule.else_:
            yield f"next[{index}].else", rule.else_


def _check_step(place: str, step: Written, steps: dict[str, Written]) -> Iterator[Finding]:
    if not isinstance(step, End | Handoff) and isinstance(step.next, tuple):
        yield from _check_else(f"{place}.next", [rule.else_ is not None for rule in step.next])
    match step:
        case Action():
            yield from _check_action(place, step)
        case Choice():
            yield from _check_options(place, step)
        case Form() | Repeat():
            for key, one in step.fields.items():
                yield from _check_field(f"{place}.fields.{key}", one, step)
        case Review():
            yield from _check_review(place, step, steps)
        case StepUp() if "otp_host" not in step.stepup.methods:
            why = "`otp_host` must be among them: not everybody has a passkey"
            yield _found("E021", f"{place}.stepup.methods", why)
        case Handoff():
            if isinstance(steps.get(step.resume_at), End | Handoff):
                yield _found("E023", f"{place}.resume_at", "a run cannot be resumed at its end")
            if isinstance(step.handoff.priority, tuple):
                rules = [rule.else_ is not None for rule in step.handoff.priority]
                yield from _check_else(f"{place}.handoff.priority", rules)


def _check_field(place: str, field: Field, form: Form | Repeat) -> Iterator[Finding]:
    if field.sensitive and not isinstance(field, Sealable):
        yield _found("E025", f"{place}.sensitive", f"only {_SEALABLE} can be sealed")
    for key, rule in (("show_if", field.show_if), ("default", field.default)):
        for path in rule.reads if rule else ():
            if path[0] == "answers" and path[1:2] and path[1] in form.fields:
                why = f"`answers.{path[1]}` is asked on the same screen"
                yield _found("E024", f"{place}.{key}", why)
    yield from _check_keys(place, field, form)
    match field:
        case UploadField():
            yield from _check_upload(place, field)
        case MultiField() | ChoiceField():
            yield from _check_options(place, field)
        case MoneyField(currency=str() as currency) if not is_currency(currency):
            yield _found("E022", f"{place}.currency", f"there is no currency `{currency}`")
        case CountryField() | AddressField():
            for key, codes in (("only", field.only), ("without", field.without)):
                for code in codes:
                    if code not in countries("en"):
                        yield _found("E022", f"{place}.{key}", f"there is no country `{code}`")


def _check_keys(place: str, field: Field, form: Form | Repeat) -> Iterator[Finding]:
    """Keys that mean nothing together, or not there."""
    if isinstance(form, Repeat):
        single = {"sensitive": field.sensitive, "fact": field.fact, "retain": field.retain}
        for key, found in {**single, "default": field.default}.items():
            if found:
                yield _found("E021", f"{place}.{key}", "not where a step is repeated")
    if field.fact and isinstance(field, _Many):
        yield _found("E021", f"{place}.fact", "what has several parts is no fact")
    if field.fact and field.retain:
        why = "a fact is kept beyond the run, as its `max_age` says"
        yield _found("E021", f"{place}.retain", why)
    if field.default and (field.sensitive or isinstance(field, UploadField | SignatureField)):
        yield _found("E021", f"{place}.default", "what cannot be shown cannot be filled in")
    if field.fallback and not isinstance(field, UploadField):
        why = "only an upload has one: every app can answer the others"
        yield _found("E021", f"{place}.fallback", why)


def _check_upload(place: str, field: UploadField) -> Iterator[Finding]:
    for key, found in (("accept", field.accept), ("max_mb", field.max_mb)):
        if not found:
            why = "an upload says which types it takes, and how large they may be"
            yield _found("E018", f"{place}.{key}", why)
    kinds = {kind for known in TYPES for kind in (known, f"{known.partition('/')[0]}/*")}
    for index, one in enumerate(field.accept):
        if one not in kinds:
            yield _found("E018", f"{place}.accept[{index}]", f"no file is ever `{one}`")


def _check_review(place: str, step: Review, steps: dict[str, Written]) -> Iterator[Finding]:
    asked = {name for key, one in steps.items() for name in fields_of(key, one)}
    for index, name in enumerate(step.review):
        if name not in asked:
            yield _found("E024", f"{place}.review[{index}]", f"nobody is asked for `{name}`")


def _check_options(place: str, asked: Choice | ChoiceField | MultiField) -> Iterator[Finding]:
    many = isinstance(asked, MultiField) or (isinstance(asked, Choice) and asked.many)
    none = None if isinstance(asked, ChoiceField) else asked.none
    if isinstance(asked, Choice | ChoiceField) and asked.options_from:
        yield from _check_items(place, asked)
    if many and asked.fact:
        yield _found("E021", f"{place}.fact", "several options are no fact")
    if none is None:
        return
    if not many:
        yield _found("E021", f"{place}.none", "only where `many` can be chosen")
    elif none not in (asked.options or ()):
        yield _found("E022", f"{place}.none", f"`{none}` is not one of the options")


def _check_items(place: str, asked: Choice | ChoiceField) -> Iterator[Finding]:
    if isinstance(asked, Choice) and asked.many:
        yield _found("E021", f"{place}.many", "one item can be chosen, not several")
    if asked.fact:
        yield _found("E021", f"{place}.fact", "an item is no fact")


def _check_else(place: str, is_else: list[bool]) -> Iterator[Finding]:
    if not is_else or not is_else[-1]:
        yield _found("E005", place, "`else` is missing: the last line must be one")
    if any(is_else[:-1]):
        yield _found("E005", f"{place}[{is_else.index(True)}]", "only the last line can be `else`")


def _check_action(place: str, step: Action) -> Iterator[Finding]:
    if step.effect == "read":
        for key, found in (("done_if", step.done_if), ("on_unknown", step.on_unknown)):
            if found is not None:
                yield _found("E021", f"{place}.{key}", "only a write has it")
        return
    if step.on_unknown is None:
        yield _found("E006", place, "a write needs `on_unknown`: it is never repeated blindly")
    if step.fresh_for is not None:
        yield _found("E021", f"{place}.fresh_for", "only a read can be read again")


def _check_reachable(head: Head, steps: dict[str, Written]) -> Iterator[Finding]:
    seen = reachable(head.start, steps)
    if head.on.cancel:
        seen |= reachable(head.on.cancel.goto, steps)
    for name in steps:
        if name not in seen:
            yield _found("E003", f"steps.{name}", "no step leads here")


def reachable(start: str, steps: Mapping[str, Step]) -> set[str]:
    """Every step that can come after `start`, and itself; what does not exist leads nowhere."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen and name in steps:
            seen.add(name)
            waiting.extend(targets(steps[name]))
    return seen


def _check_answer_names(steps: dict[str, Written]) -> Iterator[Finding]:
    sealed = {key: False for one in steps.values() if isinstance(one, Set) for key in one.set}
    for name, step in steps.items():
        for answer, field in fields_of(name, step).items():
            if sealed.setdefault(answer, field.sensitive) != field.sensitive:
                yield _found("E025", f"steps.{name}", f"`{answer}` is sensitive in one step only")


# --- names in rules ---------------------------------------------------------------------------


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the flow: where it stands, and which names exist only there."""

    place: str
    rule: Expression
    extra: frozenset[str] = frozenset()
    may_pass_sealed: bool = False


_RESULT = frozenset({"result"})
_VALUE = frozenset({"value"})


def uses(steps: dict[str, Written]) -> Iterator[Use]:
    """Every rule of the flow, in its order."""
    for name, step in steps.items():
        place = f"steps.{name}"
        extra = _RESULT if isinstance(step, Action) else frozenset[str]()
        if not isinstance(step, End | Handoff) and isinstance(step.next, tuple):
            yield from _rule_uses(f"{place}.next", step.next, extra)
        match step:
            case Say() if step.card:
                yield from _card_uses(f"{place}.card", step.card)
            case Choice() if step.options_from:
                yield Use(place=f"{place}.options_from.list", rule=step.options_from.list)
            case Form() | Repeat():
                for key, one in step.fields.items():
                    yield from _field_uses(f"{place}.fields.{key}", one)
            case Call():
                for key, value in step.call.with_.items():
                    yield Use(place=f"{place}.call.with.{key}", rule=value)
            case End():
                for key, value in step.returns.items():
                    yield Use(place=f"{place}.returns.{key}", rule=value)
            case Set():
                for key, value in step.set.items():
                    yield Use(place=f"{place}.set.{key}", rule=value)
            case Action():
                yield from _action_uses(place, step)
            case Handoff() if isinstance(step.handoff.priority, tuple):
                for index, rule in enumerate(step.handoff.priority):
                    if rule.if_:
                        yield Use(place=f"{place}.handoff.priority[{index}].if", rule=rule.if_)


def _field_uses(place: str, field: WrittenField) -> Iterator[Use]:
    if field.show_if:
        yield Use(place=f"{place}.show_if", rule=field.show_if)
    if field.default:
        yield Use(place=f"{place}.default", rule=field.default)
    if field.check:
        yield Use(place=f"{place}.check", rule=field.check, extra=_VALUE)
    if isinstance(field, ChoiceField) and field.options_from:
        yield Use(place=f"{place}.options_from.list", rule=field.options_from.list)


def _card_uses(place: str, card: Card) -> Iterator[Use]:
    match card:
        case Facts():
            for index, line in enumerate(card.items):
                yield Use(place=f"{place}.items[{index}].value", rule=line.value)
        case Timeline():
            yield Use(place=f"{place}.items", rule=card.items)
            if card.fallback:
                yield from _card_uses(f"{place}.fallback", card.fallback)
        case TextCard():
            for name in card.text.names:
                rule = compile_expression(".".join(name))
                yield Use(place=f"{place}.text", rule=rule)


def _rule_uses(place: str, rules: tuple[Rule, ...], extra: frozenset[str]) -> Iterator[Use]:
    for index, rule in enumerate(rules):
        if rule.if_:
            yield Use(place=f"{place}[{index}].if", rule=rule.if_, extra=extra)


def _action_uses(place: str, step: Action) -> Iterator[Use]:
    for key, rule in step.with_.items():
        yield Use(place=f"{place}.with.{key}", rule=rule, may_pass_sealed=True)
    if step.done_if:
        yield Use(place=f"{place}.done_if", rule=step.done_if, extra=_RESULT)
    if step.on_unknown:
        unknown = step.on_unknown
        yield Use(place=f"{place}.on_unknown.if", rule=unknown.if_, extra=_RESULT)
        for key, rule in unknown.with_.items():
            yield Use(place=f"{place}.on_unknown.with.{key}", rule=rule, may_pass_sealed=True)


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """Which names a rule can read: answers, results and inputs by name, steps for visits."""

    names: dict[str, frozenset[str]]
    sensitive: frozenset[str]
    steps: frozenset[str]

    @classmethod
    def of(cls, head: Head, steps: dict[str, Written]) -> _Known:
        answers: dict[str, Field] = {}
        for name, step in steps.items():
            answers.update(fields_of(name, step))
        computed = {name for step in steps.values() if isinstance(step, Set) for name in step.set}
        return cls(
            names={
                "answers": frozenset(computed | answers.keys()),
                "results": frozenset(
                    key for key, one in steps.items() if isinstance(one, Action | Call | Wait)
                ),
                "inputs": frozenset(head.inputs),
                "lists": frozenset(head.lists),
            },
            sensitive=frozenset(name for name, field in answers.items() if field.sensitive),
            steps=frozenset(steps),
        )

    def check(self, use: Use) -> Iterator[Finding]:
        for step in sorted(use.rule.visits - self.steps):
            yield _found("E001", use.place, f"there is no step `{step}` to count visits of")
        for path in sorted(use.rule.reads):
            yield from self._check_path(use, path)

    def _check_path(self, use: Use, path: tuple[str, ...]) -> Iterator[Finding]:
        root, name = path[0], path[1] if len(path) > 1 else None
        if root in {"result", "value"} and root not in use.extra:
            yield _found("E024", use.place, f"`{root}` does not exist here")
        if root not in self.names:
            return
        if name is None:
            yield _found("E024", use.place, f"`{root}` needs a name: `{root}.something`")
        elif name not in self.names[root]:
            why = f"`{root}.{name}` cannot exist: nothing gives it"
            yield _found("E024", use.place, why)
        elif root == "answers" and name in self.sensitive and not _passes_whole(use, path):
            why = f"`answers.{name}` is sensitive: it can only be passed on as it is"
            yield _found("E015", use.place, why)


def _passes_whole(use: Use, path: tuple[str, ...]) -> bool:
    """Whether the rule only passes this answer on, as it is."""
    return use.may_pass_sealed and use.rule.is_lookup and len(path) == 2
