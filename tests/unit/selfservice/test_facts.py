"""What a run tells of the customer, and what it need not ask."""

from typing import Any

import pytest

from selfservice import events
from selfservice.definition import Definition, load
from selfservice.errors import FlowError
from selfservice.facts import filled_in, in_vain, questions, told
from selfservice.run import step
from selfservice.screen import screen
from selfservice.sealed import Sealed, Single, Value
from selfservice.state import State
from tests.unit.selfservice.driver import START, english

FLOW = """\
flow: reach_you
title: Reach you
start: how
inputs: {card_id: {type: id, fact: card}}
steps:
  how:
    choice: How?
    options: [phone, post]
    fact: way
    next: where
  where:
    form: Where?
    fields:
      phone: {type: text, label: Phone, max: 20, fact: phone, max_age: 7d}
      last4: {type: digits, length: 4, label: Digits, fact: last4}
      pin: {type: digits, length: 4, label: Pin, sensitive: true, optional: true, fact: pin}
      expiry: {type: month_year, label: Expiry, fact: expiry}
      home: {type: boolean, label: At home, fact: home}
      age: {type: number, label: Age, fact: age}
      plain: {type: text, label: Plain}
    next: done
  done: {end: solved}
"""
CUSTOMER = events.Actor(kind="customer", id="c")


@pytest.fixture
def definition() -> Definition:
    return load(FLOW, "reach_you")


def run(definition: Definition) -> tuple[events.Started, State]:
    from uuid import UUID

    started = events.Started(
        at=START,
        actor=CUSTOMER,
        run=UUID(int=1),
        flow="reach_you",
        version=definition.version,
        inputs={"card_id": "maya-debit"},
    )
    return started, step(definition, None, started).state


def at_where(definition: Definition) -> State:
    answered = events.Answered(at=START, actor=CUSTOMER, step="how", values={"how": "phone"})
    return step(definition, run(definition)[1], answered).state


def pairs(definition: Definition, event: Any) -> dict[str, Single]:
    return {one.key: one.value for one in told(definition, event)}


def test_inputs_and_answers_tell_facts(definition: Definition) -> None:
    started, _ = run(definition)
    assert pairs(definition, started) == {"card": "maya-debit"}
    how = events.Answered(at=START, actor=CUSTOMER, step="how", values={"how": "post"})
    assert pairs(definition, how) == {"way": "post"}
    values: dict[str, Value] = {
        "phone": "0151",
        "pin": Sealed(token="t"),
        "age": None,
        "plain": "x",
    }
    where = events.Answered(at=START, actor=CUSTOMER, step="where", values=values)
    assert pairs(definition, where) == {"phone": "0151", "pin": Sealed(token="t")}
    invalid = events.Invalid(at=START, actor=CUSTOMER, step="where", fields=("phone",))
    assert pairs(definition, invalid) == {}


KNOWN: dict[str, Single] = {
    "phone": "0151",
    "last4": "4417",
    "pin": Sealed(token="t"),
    "expiry": "2030-11",
    "home": False,
    "age": 30,
}


def test_what_is_known_is_filled_in_as_it_would_be_typed(definition: Definition) -> None:
    asked = questions(definition, at_where(definition))
    assert {one.key for one in asked} == KNOWN.keys()
    assert filled_in(asked, lambda key, age: KNOWN[key]) == {
        "phone": "0151",
        "last4": "4417",
        "expiry": "11/30",
        "home": "no",
        "age": "30",
    }


def test_what_is_known_and_cannot_be_shown_is_asked_in_vain(definition: Definition) -> None:
    asked = questions(definition, at_where(definition))
    assert in_vain(asked, lambda key, age: KNOWN[key]) == ["pin"]
    assert in_vain(asked, lambda key, age: None) == []
    odd: dict[str, Single] = {**KNOWN, "last4": "44171", "home": "perhaps", "phone": "0" * 21}
    assert in_vain(asked, lambda key, age: odd[key]) == ["phone", "last4", "pin", "home"]


def test_each_question_says_how_old_its_answer_may_be(definition: Definition) -> None:
    ages = {one.key: one.max_age for one in questions(definition, at_where(definition))}
    assert (ages["phone"], ages["last4"]) == (7 * 86_400, 30 * 86_400)


def test_a_choice_is_filled_with_one_of_its_options(definition: Definition) -> None:
    _, state = run(definition)
    asked = questions(definition, state)
    assert filled_in(asked, lambda key, age: "post") == {"how": "post"}
    assert filled_in(asked, lambda key, age: "pigeon") == {}


def test_the_screen_shows_what_is_filled_in(definition: Definition) -> None:
    state = at_where(definition)
    made = screen(definition, state, english(), START, filled={"phone": "0151"})
    values = {getattr(one, "id", ""): getattr(one, "value", None) for one in made.components}
    assert (values["phone"], values["last4"]) == ("0151", None)


def test_an_anonymous_flow_asks_the_company_for_nothing() -> None:
    fine = FLOW.replace("title:", "anonymous: true\ntitle:", 1)
    assert load(fine, "f").head.anonymous
    with_read = fine.replace(
        "done: {end: solved}",
        "done:\n    action: cards.get\n    effect: read\n    next: over\n"
        "    on_error: {then: over}\n  over: {end: solved}",
    )
    with pytest.raises(FlowError, match="does not know whom it is for"):
        load(with_read, "f")
