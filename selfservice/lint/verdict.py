"""Does a rule hold, as far as it can be known from some of the answers?

Three values: true, false, and None where it depends on what is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from selfservice.expression import Expression, Scope
from selfservice.syntax import joined, tests_for_null


class Gap(Enum):
    """Why a name has no value that could be compared."""

    ABSENT = "nothing gave it on this way: it is null"
    ANY = "it was given, and can be anything"


Key = tuple[str, str]
"""A root and a name: `("answers", "reason")`."""
Known = Mapping[Key, Any]
"""What is known on one way: a value, or why there is none. Names left out can be anything."""


def verdict(rule: Expression, known: Known, *, blind: bool = False) -> bool | None:
    """Whether the rule holds; `blind`: what is absent counts as not known, unless asked for."""
    how = joined(rule.text)
    found = [verdict(part, known, blind=blind) for part in how.parts]
    match how.how:
        case "not":
            return None if found[0] is None else not found[0]
        case "and":
            return False if False in found else None if None in found else True
        case "or":
            return True if True in found else None if None in found else False
        case "leaf":
            blind = blind and not tests_for_null(rule.text)
            return rule.holds(_scope(rule, known)) if _is_known(rule, known, blind=blind) else None


def computed(rule: Expression, known: Known) -> Any:
    """The rule's value, where it is one that can be kept apart from others; else Gap.ANY."""
    found = rule.value(_scope(rule, known)) if _is_known(rule, known, blind=False) else Gap.ANY
    return found if found is None or isinstance(found, str | int | float | bool) else Gap.ANY


def key_of(path: tuple[str, ...]) -> Key | None:
    """The name that a path looks into; None where it is not one that a step gives."""
    return (path[0], path[1]) if path[0] in {"answers", "results"} and len(path) > 1 else None


def _is_known(rule: Expression, known: Known, *, blind: bool) -> bool:
    unknown = {Gap.ANY, Gap.ABSENT} if blind else {Gap.ANY}
    return not rule.visits and all(
        path[0] == "lists" or _value(path, known) not in unknown for path in rule.reads
    )


def _value(path: tuple[str, ...], known: Known) -> Any:
    key = key_of(path)
    found = known.get(key, Gap.ANY) if key else Gap.ANY
    return found if isinstance(found, Gap) else "known"


def _scope(rule: Expression, known: Known) -> Scope:
    """What the rule reads, and no more: it is built for every rule on every way."""
    scope: Scope = {"answers": {}, "results": {}, "lists": known.get(("lists", "")), "visits": {}}
    for path in rule.reads:
        key = key_of(path)
        if key and not isinstance(value := known.get(key), Gap):
            scope[key[0]][key[1]] = value
    return scope
