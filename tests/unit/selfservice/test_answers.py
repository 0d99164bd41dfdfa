"""Which values fit which field, and is nothing kept of those that do not?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfservice.answers import answer, begin
from selfservice.definition import Definition, load
from selfservice.errors import InvalidAnswer, NotAllowed
from selfservice.events import Invalid
from selfservice.language import fields_of
from selfservice.run import step
from selfservice.sealed import Sealed
from tests.unit.selfservice.driver import (
    CUSTOMER,
    RUN,
    START,
    Journey,
    activation,
    bank_flow,
    english,
    seal,
)

ALL_FIELDS = load(
    """
flow: fields
title: Fields
start: ask
steps:
  ask:
    form: Everything
    fields:
      digits: {type: digits, length: 4, label: a, optional: true}
      month: {type: month_year, label: b, optional: true}
      word: {type: text, max: 10, label: c, optional: true}
      story: {type: text, max: 20, multiline: true, label: d, optional: true}
      pick: {type: choice, options: [red, blue], label: e, optional: true}
      sure: {type: boolean, label: f, optional: true}
      amount: {type: number, label: g, optional: true, check: value > 0, error: t:err.positive}
      some: {type: multi, options: [red, blue, none], none: none, label: h, optional: true}
      day: {type: date, label: i, optional: true}
      hour: {type: time, label: j, optional: true}
      price: {type: money, currency: EUR, label: k, optional: true}
      yen: {type: money, currency: JPY, label: l, optional: true}
      cash: {type: money, label: m, optional: true}
      land: {type: country, without: [AQ], label: n, optional: true}
      near: {type: country, only: [ES, PT], label: o, optional: true}
      phone: {type: phone, label: p, optional: true}
      mail: {type: email, label: q, optional: true}
    next: pick
  pick: {choice: Which, name: colour, options: [red, blue], next: tell}
  tell: {say: Thanks, next: done}
  done: {end: solved}
""",
    "fields.yaml",
)


def _given(name: str, value: Any) -> Any:
    journey = Journey(ALL_FIELDS)
    return journey.answer(**{name: value}).answers[name]


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("digits", "4417", "4417"),
        ("digits", " 44-17 ", "4417"),
        ("digits", "", None),
        ("digits", None, None),
        ("month", "11/30", "2030-11"),
        ("month", " 01 / 27 ", "2027-01"),
        ("month", "2030-11", "2030-11"),
        ("word", "  hello ", "hello"),
        ("story", "a\nb\tc", "a\nb\tc"),
        ("pick", "red", "red"),
        ("sure", True, True),
        ("sure", "no", False),
        ("amount", 3, 3),
        ("amount", 2.5, 2.5),
        ("amount", " 12.50 ", 12.5),
        ("amount", "7", 7),
        ("some", ["blue", "red"], ["red", "blue"]),
        ("some", "blue, red", ["red", "blue"]),
        ("some", ["red", "red"], ["red"]),
        ("some", "none", ["none"]),
        ("some", [], None),
        ("day", "2028-02-29", "2028-02-29"),
        ("day", " 1926-11-20 ", "1926-11-20"),
        ("hour", "09:05", "09:05"),
        ("hour", "23:59", "23:59"),
        ("price", "12.50", 12.5),
        ("price", "12,5", 12.5),
        ("price", "1,250.50", 1250.5),
        ("price", "1.250.000,5", 1250000.5),
        ("price", 0, 0),
        ("price", 1250.75, 1250.75),
        ("yen", "1250", 1250),
        ("cash", "3.99", 3.99),
        ("land", "pt", "PT"),
        ("land", "XK", "XK"),
        ("near", "ES", "ES"),
        ("phone", "+351 912 345-678", "+351912345678"),
        ("phone", "0044 (20) 7946.0000", "+442079460000"),
        ("mail", " maya@example.com ", "maya@example.com"),
    ],
)
def test_fits(name: str, value: Any, kept: Any) -> None:
    found = _given(name, value)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("digits", "441", "t:err.digits_length"),
        ("digits", "44171", "t:err.digits_length"),
        ("digits", "44a7", "t:err.digits_only"),
        ("digits", "٤٤١٧", "t:err.digits_only"),
        ("digits", 4417, "t:err.digits_only"),
        ("month", "13/30", "t:err.month_year"),
        ("month", "2030-13", "t:err.month_year"),
        ("month", "11/2030", "t:err.month_year"),
        ("month", 11, "t:err.month_year"),
        ("word", "x" * 11, "t:err.too_long"),
        ("word", "a\nb", "t:err.invalid"),
        ("word", "a\0b", "t:err.invalid"),
        ("word", ["a"], "t:err.invalid"),
        ("story", "a\x1bb", "t:err.invalid"),
        ("pick", "green", "t:err.choose"),
        ("pick", ["red"], "t:err.choose"),
        ("sure", "maybe", "t:err.choose"),
        ("sure", 1.5, "t:err.choose"),
        ("amount", "1e5", "t:err.number"),
        ("amount", "12,5", "t:err.number"),
        ("amount", True, "t:err.number"),
        ("amount", {}, "t:err.number"),
        ("amount", 10**15, "t:err.number"),
        pytest.param("amount", 10**5000, "t:err.number", id="huge"),
        ("amount", float("inf"), "t:err.number"),
        ("amount", -1, "t:err.positive"),
        ("some", ["red", "green"], "t:err.choose_some"),
        ("some", [1], "t:err.choose_some"),
        ("some", {"red": True}, "t:err.choose_some"),
        ("some", [["red"]], "t:err.choose_some"),
        ("some", 7, "t:err.choose_some"),
        ("some", "red,,blue", "t:err.choose_some"),
        ("some", ["none", "red"], "t:err.none_alone"),
        ("day", "2027-02-29", "t:err.date"),
        ("day", "20/11/2026", "t:err.date"),
        ("day", "20261120", "t:err.date"),
        ("day", "2026-W47-5", "t:err.date"),
        ("day", "0000-01-01", "t:err.date"),
        ("day", 20261120, "t:err.date"),
        ("hour", "24:00", "t:err.time"),
        ("hour", "9:05", "t:err.time"),
        ("hour", 9, "t:err.time"),
        ("price", "12.505", "t:err.money"),
        ("price", "1,250", "t:err.money"),
        ("price", "1.250", "t:err.money"),
        ("price", "1,25,0.50", "t:err.money"),
        ("price", "1,250,50", "t:err.money"),
        ("price", "-1", "t:err.money"),
        ("price", -0.5, "t:err.money"),
        ("price", "€ 12", "t:err.money"),
        ("price", True, "t:err.money"),
        ("price", 10**13, "t:err.money"),
        ("price", float("nan"), "t:err.money"),
        ("yen", "12.50", "t:err.money"),
        ("cash", "3.999", "t:err.money"),
        ("land", "AQ", "t:err.country"),
        ("land", "EU", "t:err.country"),
        ("land", "Portugal", "t:err.country"),
        ("land", ["PT"], "t:err.country"),
        ("near", "FR", "t:err.country"),
        ("phone", "912 345 678", "t:err.phone"),
        ("phone", "+351 91x", "t:err.phone"),
        ("phone", "+1234567890123456", "t:err.phone"),
        ("phone", 351912345678, "t:err.phone"),
        ("mail", "maya@example", "t:err.email"),
        ("mail", "maya example.com", "t:err.email"),
        ("mail", "a@b@example.com", "t:err.email"),
        ("mail", "a@" + "b" * 252 + ".pt", "t:err.email"),
        ("mail", 7, "t:err.email"),
        ("other", "x", "t:err.unknown_field"),
    ],
)
def test_refused(name: str, value: Any, key: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        _given(name, value)
    for one in refused.value.errors.values():
        assert one.key == "t:err.positive" or english().get(one.key, one.values)
    assert {field: error.key for field, error in refused.value.errors.items()} == {name: key}


def test_every_refusal_has_words() -> None:
    texts = english()
    journey = activation()
    with pytest.raises(InvalidAnswer) as refused:
        journey.answer(last4="44", expiry="01/20", extra="x")
    words = {name: texts.get(one.key, one.values) for name, one in refused.value.errors.items()}
    assert words == {
        "last4": "It needs 4 digits.",
        "expiry": "A card with this date has run out. Look for the newer one.",
        "extra": "There is no such question here.",
    }
    assert "44" not in str(refused.value)


def test_this_month_is_still_valid() -> None:
    assert activation().answer(last4="4417", expiry="11/26").step == "prove_identity"


def test_one_bad_field_keeps_nothing_of_the_others() -> None:
    journey = activation()
    before = journey.state
    sealed: list[str] = []

    def noting(plain: str) -> str:
        sealed.append(plain)
        return "token"

    with pytest.raises(InvalidAnswer):
        answer(
            journey.definition,
            before,
            "ask_digits",
            {"last4": "44a7", "expiry": "11/30"},
            noting,
            START,
            CUSTOMER,
        )
    assert sealed == []
    assert journey.state is before


def test_required_is_required() -> None:
    with pytest.raises(InvalidAnswer) as refused:
        activation().answer(expiry=" ")
    keys = {name: error.key for name, error in refused.value.errors.items()}
    assert keys == {"last4": "t:err.required", "expiry": "t:err.required"}


def test_an_optional_answer_left_out_is_forgotten() -> None:
    journey = Journey(ALL_FIELDS)
    assert journey.answer(word="x").answers["digits"] is None


def test_choice_and_say() -> None:
    journey = Journey(ALL_FIELDS)
    journey.answer()
    with pytest.raises(InvalidAnswer):
        journey.answer(colour="green")
    with pytest.raises(InvalidAnswer):
        journey.answer()
    assert journey.answer(colour="blue").answers["colour"] == "blue"
    assert journey.answer().step == "done"


def test_not_the_present_step_and_not_a_proof() -> None:
    journey = activation()
    with pytest.raises(NotAllowed):
        answer(journey.definition, journey.state, "activate", {}, seal, START, CUSTOMER)
    journey.answer(last4="4417", expiry="11/30")
    with pytest.raises(NotAllowed):
        journey.answer(code="123456")


def test_a_sensitive_value_enters_only_sealed() -> None:
    journey = activation()
    event = answer(
        journey.definition,
        journey.state,
        "ask_digits",
        {"last4": "4417", "expiry": "11/30"},
        seal,
        START,
        CUSTOMER,
    )
    assert event.values == {"last4": Sealed(token=seal("4417")), "expiry": "2030-11"}


def test_invalid_counts_as_a_failure_on_the_same_screen() -> None:
    journey = activation()
    event = Invalid(at=START, actor=CUSTOMER, step="ask_digits", fields=("last4",))
    after = step(journey.definition, journey.state, event).state
    assert after.rev == journey.state.rev
    assert [failure.code for failure in after.failures] == ["INVALID"]
    assert after.notice is None


@pytest.mark.parametrize(
    ("inputs", "bad"),
    [
        ({}, "card_id"),
        ({"card_id": ""}, "card_id"),
        ({"card_id": 7}, "card_id"),
        ({"card_id": "x" * 201}, "card_id"),
        ({"card_id": "a\n"}, "card_id"),
        ({"card_id": "a", "more": 1}, "more"),
    ],
)
def test_inputs_of_a_run(inputs: dict[str, Any], bad: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        begin(bank_flow(), RUN, inputs, START, CUSTOMER)
    assert set(refused.value.errors) == {bad}


MOVING = load(
    """
flow: moving
title: Moving
start: what
steps:
  what: {choice: What, many: true, options: [home, phone, none], none: none, next: more}
  more:
    form: More
    fields:
      land: {type: country, label: Where, show_if: '"home" in answers.what'}
      phone: {type: phone, label: Phone, show_if: '"phone" in answers.what', sensitive: true}
      since: {type: date, label: Since}
    next:
      - if: answers.since < today() + 14
        goto: soon
      - if: answers.since - today() > 365
        goto: far
      - if: answers.what == ["phone"]
        goto: what
      - else: done
  soon: {end: refused}
  far: {end: refused}
  done: {end: solved}
""",
    "moving.yaml",
)


def test_only_what_is_shown_is_asked() -> None:
    journey = Journey(MOVING)
    journey.answer(what=["home"])
    with pytest.raises(InvalidAnswer) as refused:
        journey.answer(phone="+351912345678", since="2027-01-01")
    keys = {name: error.key for name, error in refused.value.errors.items()}
    assert keys == {"phone": "t:err.unknown_field", "land": "t:err.required"}
    state = journey.answer(land="PT", since="2027-01-01")
    assert (state.step, state.answers["land"], state.answers["phone"]) == ("done", "PT", None)


def test_what_is_no_longer_shown_is_forgotten() -> None:
    journey = Journey(MOVING)
    journey.answer(what="phone")
    journey.answer(phone="+351912345678", since="2027-01-01")
    assert journey.state.answers["phone"] == Sealed(token=seal("+351912345678"))
    journey.answer(what="none")
    assert journey.answer(since="2027-01-01").answers["phone"] is None


TRIP = load(
    """
flow: trip
title: Trip
start: ask
steps:
  ask:
    form: When
    fields:
      first: {type: date, label: From}
      last: {type: date, label: To, check: "value >= answers.first", error: t:err.date}
    next: again
  again: {say: Again, next: [{if: 'visits("ask") < 2', goto: ask}, {else: done}]}
  done: {end: solved}
""",
    "trip.yaml",
)


def test_a_check_sees_the_fields_above_it_as_they_are_given_now() -> None:
    journey = Journey(TRIP)
    with pytest.raises(InvalidAnswer) as refused:
        journey.answer(first="2026-12-02", last="2026-12-01")
    assert set(refused.value.errors) == {"last"}
    journey.answer(first="2026-12-02", last="2026-12-03")
    journey.answer()
    assert journey.answer(first="2026-11-01", last="2026-11-02").step == "again"


@pytest.mark.parametrize(
    ("day", "step"), [("2026-12-03", "soon"), ("2026-12-04", "done"), ("2027-11-21", "far")]
)
def test_rules_count_days(day: str, step: str) -> None:
    """The journey's day is 2026-11-20."""
    journey = Journey(MOVING)
    journey.answer(what="none")
    assert journey.answer(since=day).step == step


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def _try(flow: Definition, values: dict[str, Any]) -> None:
    try:
        state = Journey(flow).answer(**values)
    except InvalidAnswer:
        return
    assert all(isinstance(one, str | int | float | list | None) for one in state.answers.values())


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(list(fields_of("ask", ALL_FIELDS.steps["ask"]))), _JSON))
def test_any_json_is_taken_or_refused(values: dict[str, Any]) -> None:
    _try(ALL_FIELDS, values)
