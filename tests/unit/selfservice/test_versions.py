"""A run follows another version where that leads to the same place, or is made to."""

from __future__ import annotations

from typing import Any

import pytest

from selfservice import events
from selfservice.definition import Definition, load
from selfservice.effects import PerformAction
from selfservice.errors import NotAllowed
from selfservice.run import step
from selfservice.versions import Landing, effective, fold_any, landing
from tests.unit.selfservice.driver import SYSTEM, Journey

ONE = """
flow: tea
title: Tea
start: kind
inputs: {cup: {type: id}}
steps:
  kind: {choice: Kind, options: [green, black], next: grams}
  grams: {form: Grams, fields: {grams: {type: number, label: Grams}}, next: milk}
  milk: {choice: Milk, options: [yes, no], next: done}
  done: {end: solved}
"""


def version(*changes: tuple[str, str]) -> Definition:
    text = ONE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load(text, "tea.yaml")


def at_milk(grams: Any = 20) -> Journey:
    journey = Journey(version(), cup="c1")
    journey.answer(kind="green")
    journey.answer(grams=grams)
    return journey


def landed(journey: Journey, other: Definition, renames: dict[str, str] | None = None) -> Landing:
    found = landing(other, journey.log, journey.state, renames)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "change",
    [
        ("Milk,", "With milk,"),
        ("[yes, no]", "[yes, no, oat]"),
        ("  done: {end: solved}", "  done: {end: solved, screen: Bye}"),
        ("next: milk}", "next: extra}\n  extra: {set: {strong: answers.grams > 10}, next: milk}"),
    ],
    ids=["words", "option more", "end", "computed on the way"],
)
def test_what_leads_to_the_same_place_or_not(change: tuple[str, str]) -> None:
    journey, other = at_milk(), version(change)
    found = landed(journey, other)
    assert (found.kept, found.stopped_at, found.state.step) == (3, None, "milk")
    assert found.stands_the_same == ("extra" not in change[1])


@pytest.mark.parametrize(
    ("change", "at", "kept"),
    [
        (("[green, black]", "[red, black]"), "kind", 1),
        (("label: Grams", "label: Grams, check: value < 10"), "grams", 2),
        (("type: number, label", "type: date, label"), "grams", 2),
        (("next: grams}", "next: milk}\n  grams2: {say: x, next: grams}"), "grams", 2),
    ],
    ids=["option gone", "check", "type", "way"],
)
def test_what_does_not(change: tuple[str, str], at: str, kept: int) -> None:
    changes = [change]
    if "grams2" in change[1]:
        changes.append(("start: kind", "start: kind\non: {cancel: {goto: grams2}}"))
    found = landed(at_milk(), version(*changes))
    assert (found.stands_the_same, found.stopped_at, found.kept) == (False, at, kept)


def test_inputs_that_do_not_fit_cannot_even_begin() -> None:
    journey = at_milk()
    assert landing(version(("{cup:", "{pot:")), journey.log, journey.state) is None


def test_a_fold_of_the_whole_log_is_the_state_after_a_migration() -> None:
    journey, other = at_milk(), version(("Milk,", "With milk,"))
    found = landed(journey, other)
    log = [*journey.log, moved(journey, other, found.kept)]
    assert fold_any(other, log) == found.state
    last = events.Answered(at=journey.now, actor=SYSTEM, step="milk", values={"milk": "no"})
    after = step(other, found.state, last).state
    assert fold_any(other, [*log, last]) == after
    assert fold_any(version(), journey.log) == journey.state


def test_a_forced_run_keeps_what_can_be_followed_under_its_new_names() -> None:
    journey = at_milk()
    other = version(
        ("  grams:", "  weight:"),
        ("next: grams}", "next: weight}"),
        ("{grams: {type", "{weight: {type"),
        ("label: Grams", "label: Grams, check: value < 10"),
    )
    assert landed(journey, other).stopped_at == "grams"
    renames = {"grams": "weight"}
    found = landed(journey, other, renames)
    assert (found.stopped_at, found.state.step, found.kept) == ("weight", "weight", 2)
    log = [*journey.log, moved(journey, other, found.kept, renames)]
    assert [type(one).__name__ for one in effective(log)] == ["Started", "Answered"]
    assert fold_any(other, log) == found.state
    again = version(("Milk,", "Milk or not,"))
    twice = landing(again, log, found.state, {"weight": "grams"})
    assert twice is not None
    assert (twice.stands_the_same, twice.state.step) == (True, "grams")


def moved(
    journey: Journey, other: Definition, kept: int, renames: dict[str, str] | None = None
) -> events.Migrated:
    return events.Migrated(
        at=journey.now, actor=SYSTEM, version=other.version, kept=kept, renames=renames or {}
    )


def test_a_version_is_not_changed_step_by_step() -> None:
    journey = at_milk()
    with pytest.raises(NotAllowed):
        step(journey.definition, journey.state, moved(journey, journey.definition, 1))
    assert not [one for one in journey.effects if isinstance(one, PerformAction)]
