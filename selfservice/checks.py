"""What in a flow can never work? Found when it is loaded, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from babel.numbers import is_currency

from selfservice.countries import countries
from selfservice.errors import FlowError
from selfservice.expression import Expression, compile_expression
from selfservice.language import (
    Action,
    Call,
    Card,
    Choice,
    ChoiceField,
    CountryField,
    End,
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
    Step,
    StepUp,
    TextCard,
    Timeline,
    Wait,
    Written,
    WrittenField,
    fields_of,
    targets,
)

_SEALABLE = "digits, month_year, text, date, phone and email"


def check(head: Head, steps: dict[str, Written]) -> None:
    """Raise FlowError for the first thing that is wrong."""
    for place, target in _all_targets(head, steps):
        if target not in steps:
            raise FlowError(place, f"there is no step `{target}`")
    if head.anonymous:
        _check_anonymous(steps)
    for name, step in steps.items():
        _check_step(f"steps.{name}", step, steps)
    _check_reachable(head, steps)
    _check_answer_names(steps)
    known = _Known.of(head, steps)
    for use in _uses(steps):
        known.check(use)


def _check_anonymous(steps: dict[str, Written]) -> None:
    for name, step in steps.items():
        if isinstance(step, Action | StepUp):
            why = "the company does not know whom it is for: the flow is `anonymous`"
            raise FlowError(f"steps.{name}", why)


def _all_targets(head: Head, steps: dict[str, Written]) -> Iterator[tuple[str, str]]:
    yield "start", head.start
    if head.on.cancel:
        yield "on.cancel.goto", head.on.cancel.goto
    for name, step in steps.items():
        yield from ((f"steps.{name}.{key}", target) for key, target in _placed_targets(step))


def _placed_targets(step: Written) -> Iterator[tuple[str, str]]:
    match step:
        case End():
            return
        case Handoff():
            yield "resume_at", step.resume_at
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


def _check_step(place: str, step: Written, steps: dict[str, Written]) -> None:
    if not isinstance(step, End | Handoff) and isinstance(step.next, tuple):
        _check_else(f"{place}.next", [rule.else_ is not None for rule in step.next])
    match step:
        case Action():
            _check_action(place, step)
        case Choice():
            _check_options(place, step)
        case Form() | Repeat():
            for key, one in step.fields.items():
                _check_field(f"{place}.fields.{key}", one, step)
        case Review():
            _check_review(place, step, steps)
        case StepUp() if "otp_host" not in step.stepup.methods:
            raise FlowError(f"{place}.stepup.methods", "this version can only use `otp_host`")
        case Handoff():
            if isinstance(steps[step.resume_at], End | Handoff):
                raise FlowError(f"{place}.resume_at", "a run cannot be resumed at its end")
            if isinstance(step.handoff.priority, tuple):
                rules = [rule.else_ is not None for rule in step.handoff.priority]
                _check_else(f"{place}.handoff.priority", rules)


def _check_field(place: str, field: Field, form: Form | Repeat) -> None:
    if field.sensitive and not isinstance(field, Sealable):
        raise FlowError(f"{place}.sensitive", f"only {_SEALABLE} can be sealed")
    for path in field.show_if.reads if field.show_if else ():
        if path[0] == "answers" and path[1:2] and path[1] in form.fields:
            why = f"`answers.{path[1]}` is asked on the same screen"
            raise FlowError(f"{place}.show_if", why)
    if isinstance(form, Repeat):
        for key, found in (("sensitive", field.sensitive), ("fact", field.fact)):
            if found:
                raise FlowError(f"{place}.{key}", "not where a step is repeated")
    match field:
        case MultiField() | ChoiceField():
            _check_options(place, field)
        case MoneyField(currency=str() as currency) if not is_currency(currency):
            raise FlowError(f"{place}.currency", f"there is no currency `{currency}`")
        case CountryField():
            for key, codes in (("only", field.only), ("without", field.without)):
                for code in codes:
                    if code not in countries("en"):
                        raise FlowError(f"{place}.{key}", f"there is no country `{code}`")


def _check_review(place: str, step: Review, steps: dict[str, Written]) -> None:
    asked = {name for key, one in steps.items() for name in fields_of(key, one)}
    for index, name in enumerate(step.review):
        if name not in asked:
            raise FlowError(f"{place}.review[{index}]", f"nobody is asked for `{name}`")


def _check_options(place: str, asked: Choice | ChoiceField | MultiField) -> None:
    many = isinstance(asked, MultiField) or (isinstance(asked, Choice) and asked.many)
    none = None if isinstance(asked, ChoiceField) else asked.none
    if isinstance(asked, Choice | ChoiceField) and asked.options_from:
        _check_items(place, asked)
    if many and asked.fact:
        raise FlowError(f"{place}.fact", "several options are no fact")
    if none is None:
        return
    if not many:
        raise FlowError(f"{place}.none", "only where `many` can be chosen")
    if none not in (asked.options or ()):
        raise FlowError(f"{place}.none", f"`{none}` is not one of the options")


def _check_items(place: str, asked: Choice | ChoiceField) -> None:
    if isinstance(asked, Choice) and asked.many:
        raise FlowError(f"{place}.many", "one item can be chosen, not several")
    if asked.fact:
        raise FlowError(f"{place}.fact", "an item is no fact")


def _check_else(place: str, is_else: list[bool]) -> None:
    if not is_else or not is_else[-1]:
        raise FlowError(place, "`else` is missing: the last line must be one")
    if any(is_else[:-1]):
        raise FlowError(f"{place}[{is_else.index(True)}]", "only the last line can be `else`")


def _check_action(place: str, step: Action) -> None:
    if step.effect == "read":
        for key, found in (("done_if", step.done_if), ("on_unknown", step.on_unknown)):
            if found is not None:
                raise FlowError(f"{place}.{key}", "only a write has it")
        return
    if step.on_unknown is None:
        raise FlowError(place, "a write needs `on_unknown`: it is never repeated blindly")
    if step.fresh_for is not None:
        raise FlowError(f"{place}.fresh_for", "only a read can be read again")


def _check_reachable(head: Head, steps: dict[str, Written]) -> None:
    seen = reachable(head.start, steps)
    if head.on.cancel:
        seen |= reachable(head.on.cancel.goto, steps)
    for name in steps:
        if name not in seen:
            raise FlowError(f"steps.{name}", "no step leads here")


def reachable(start: str, steps: Mapping[str, Step]) -> set[str]:
    """Every step that can come after `start`, and itself."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(targets(steps[name]))
    return seen


def _check_answer_names(steps: dict[str, Written]) -> None:
    sealed = {key: False for one in steps.values() if isinstance(one, Set) for key in one.set}
    for name, step in steps.items():
        for answer, field in fields_of(name, step).items():
            if sealed.setdefault(answer, field.sensitive) != field.sensitive:
                raise FlowError(f"steps.{name}", f"`{answer}` is sensitive in one step only")


# --- names in rules ---------------------------------------------------------------------------


class _Use(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the flow: where it stands, and which names exist only there."""

    place: str
    rule: Expression
    extra: frozenset[str] = frozenset()
    may_pass_sealed: bool = False


_RESULT = frozenset({"result"})
_VALUE = frozenset({"value"})


def _uses(steps: dict[str, Written]) -> Iterator[_Use]:
    for name, step in steps.items():
        place = f"steps.{name}"
        extra = _RESULT if isinstance(step, Action) else frozenset[str]()
        if not isinstance(step, End | Handoff) and isinstance(step.next, tuple):
            yield from _rule_uses(f"{place}.next", step.next, extra)
        match step:
            case Say() if step.card:
                yield from _card_uses(f"{place}.card", step.card)
            case Choice() if step.options_from:
                yield _Use(place=f"{place}.options_from.list", rule=step.options_from.list)
            case Form() | Repeat():
                for key, one in step.fields.items():
                    yield from _field_uses(f"{place}.fields.{key}", one)
            case Call():
                for key, value in step.call.with_.items():
                    yield _Use(place=f"{place}.call.with.{key}", rule=value)
            case End():
                for key, value in step.returns.items():
                    yield _Use(place=f"{place}.returns.{key}", rule=value)
            case Set():
                for key, value in step.set.items():
                    yield _Use(place=f"{place}.set.{key}", rule=value)
            case Action():
                yield from _action_uses(place, step)
            case Handoff() if isinstance(step.handoff.priority, tuple):
                for index, rule in enumerate(step.handoff.priority):
                    if rule.if_:
                        yield _Use(place=f"{place}.handoff.priority[{index}].if", rule=rule.if_)


def _field_uses(place: str, field: WrittenField) -> Iterator[_Use]:
    if field.show_if:
        yield _Use(place=f"{place}.show_if", rule=field.show_if)
    if field.check:
        yield _Use(place=f"{place}.check", rule=field.check, extra=_VALUE)
    if isinstance(field, ChoiceField) and field.options_from:
        yield _Use(place=f"{place}.options_from.list", rule=field.options_from.list)


def _card_uses(place: str, card: Card) -> Iterator[_Use]:
    match card:
        case Facts():
            for index, line in enumerate(card.items):
                yield _Use(place=f"{place}.items[{index}].value", rule=line.value)
        case Timeline():
            yield _Use(place=f"{place}.items", rule=card.items)
            if card.fallback:
                yield from _card_uses(f"{place}.fallback", card.fallback)
        case TextCard():
            for name in card.text.names:
                rule = compile_expression(".".join(name))
                yield _Use(place=f"{place}.text", rule=rule)


def _rule_uses(place: str, rules: tuple[Rule, ...], extra: frozenset[str]) -> Iterator[_Use]:
    for index, rule in enumerate(rules):
        if rule.if_:
            yield _Use(place=f"{place}[{index}].if", rule=rule.if_, extra=extra)


def _action_uses(place: str, step: Action) -> Iterator[_Use]:
    for key, rule in step.with_.items():
        yield _Use(place=f"{place}.with.{key}", rule=rule, may_pass_sealed=True)
    if step.done_if:
        yield _Use(place=f"{place}.done_if", rule=step.done_if, extra=_RESULT)
    if step.on_unknown:
        unknown = step.on_unknown
        yield _Use(place=f"{place}.on_unknown.if", rule=unknown.if_, extra=_RESULT)
        for key, rule in unknown.with_.items():
            yield _Use(place=f"{place}.on_unknown.with.{key}", rule=rule, may_pass_sealed=True)


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

    def check(self, use: _Use) -> None:
        for step in sorted(use.rule.visits - self.steps):
            raise FlowError(use.place, f"there is no step `{step}` to count visits of")
        for path in sorted(use.rule.reads):
            self._check_path(use, path)

    def _check_path(self, use: _Use, path: tuple[str, ...]) -> None:
        root, name = path[0], path[1] if len(path) > 1 else None
        if root in {"result", "value"} and root not in use.extra:
            raise FlowError(use.place, f"`{root}` does not exist here")
        if root not in self.names:
            return
        if name is None:
            raise FlowError(use.place, f"`{root}` needs a name: `{root}.something`")
        if name not in self.names[root]:
            raise FlowError(use.place, f"`{root}.{name}` cannot exist: nothing gives it")
        sealed = root == "answers" and name in self.sensitive
        if sealed and not (use.may_pass_sealed and use.rule.is_lookup and len(path) == 2):
            raise FlowError(
                use.place, f"`answers.{name}` is sensitive: it can only be passed on as it is"
            )
