"""Old apps: never a component that they cannot draw, and answers that mean the same."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from selfservice import screen as parts
from selfservice.definition import Definition, load
from selfservice.downgrade import CAPS, LEVEL, NEEDS, App, Drawn, can_draw, drawable
from selfservice.events import Woke
from selfservice.reading_files import MAX_SIGNATURE
from selfservice.screen import Component, screen
from selfservice.uploaded import File
from tests.unit.selfservice.driver import SYSTEM, Journey, any_words

ALL = """
flow: all
title: All
start: read
steps:
  read: {action: things.get, effect: read, next: news, on_error: {then: gone}}
  news:
    say: News
    card: {type: timeline, items: results.read.moves, fallback: {type: text, text: "{app.name}!"}}
    next: form
  form:
    form: Everything
    fields:
      digits: {type: digits, length: 4, label: Digits}
      month: {type: month_year, label: Month}
      text: {type: text, label: Text}
      choice: {type: choice, options: [a, b], label: Choice}
      multi: {type: multi, options: [home, office, none], none: none, label: Multi}
      yes: {type: boolean, label: Boolean}
      number: {type: number, label: Number}
      money: {type: money, label: Money}
      date: {type: date, label: Date, sensitive: true}
      time: {type: time, label: Time}
      country: {type: country, label: Country}
      phone: {type: phone, label: Phone}
      email: {type: email, label: Mail, autofill: work email}
      address: {type: address, label: Address}
      signature: {type: signature, label: Signature}
      files:
        {type: upload, label: Files, accept: [image/*], max_mb: 1,
         fallback: {type: text, max: 99, hint: Describe it}}
    next: people
  people:
    repeat: People
    fields:
      name: {type: text, label: Name}
      card:
        {type: upload, label: Card, accept: [image/*], max_mb: 1, optional: true,
         fallback: {type: text}}
    next: rest
  rest: {wait: {for: 1h, or_event: customer_returns}, next: look}
  look: {review: [text, multi, people], confirm: I mean it, next: done}
  done: {end: solved}
  gone: {end: abandoned}
"""
FLOW = load(ALL, "all")
TYPED = {
    "digits": "1234",
    "month": "11/30",
    "text": "words",
    "choice": "b",
    "multi": "home, office",
    "yes": "yes",
    "number": "1",
    "money": "12.50",
    "date": "2026-11-20",
    "time": "14:30",
    "country": "PT",
    "phone": "+351912345678",
    "email": "maya@example.com",
    "address": "Rua Augusta 12, 1100-053, Lisboa, Portugal",
    "signature": "Maya Fernandes",
    "files": "It is blue",
}
"""What somebody types who has text fields and choices only."""


def seen(found: Journey, level: int, caps: frozenset[str] = CAPS) -> Drawn:
    state, now = found.state, found.now
    shown = screen(found.definition, state, any_words(), now)
    return drawable(found.definition, state, shown, App(level=level, caps=caps), any_words(), now)


def begun(definition: Definition = FLOW) -> Journey:
    found = Journey(definition)
    found.act(moves=[{"title": "Sent", "at": "2026-11-20", "done": True}, {"title": "Here"}])
    return found


def at_form() -> Journey:
    found = begun()
    found.answer()
    return found


def at_people() -> Journey:
    found = at_form()
    found.answer(**TYPED)
    return found


def every_type(components: tuple[Component, ...]) -> set[type]:
    found: set[type] = set()
    for one in components:
        found.add(type(one))
        if isinstance(one, parts.RepeatInput):
            found |= every_type(one.fields)
    return found


def test_each_component_says_what_it_needs() -> None:
    assert set(NEEDS) == set(get_args(Component))
    assert all(1 <= need.level <= LEVEL for need in NEEDS.values())
    assert {need.cap for need in NEEDS.values() if need.cap} <= CAPS


def test_the_newest_app_gets_everything() -> None:
    for found in (begun(), at_form(), at_people()):
        shown = screen(FLOW, found.state, any_words(), found.now)
        assert seen(found, LEVEL) == Drawn(screen=shown)


@pytest.mark.parametrize("level", range(1, LEVEL + 1))
@pytest.mark.parametrize("caps", [CAPS, frozenset[str]()])
def test_no_app_meets_what_it_cannot_draw(level: int, caps: frozenset[str]) -> None:
    app = App(level=level, caps=caps)
    found = at_people()
    found.answer(people=[{"name": "Ana"}])
    resting = seen(found, level, caps)
    assert resting.screen.kind == ("wait" if level == LEVEL else "progress")
    for one in (begun(), at_form(), at_people()):
        drawn = seen(one, level, caps)
        kinds = every_type(drawn.screen.components)
        assert [kind for kind in kinds if not can_draw(app, kind)] == []
        assert bool(drawn.downgraded) == (level < LEVEL or (not caps and one.state.step == "form"))


def test_the_oldest_app_answers_a_whole_form() -> None:
    found = at_form()
    drawn = seen(found, 1)
    every: Any = drawn.screen.components
    asked = {one.id: one for one in every}
    assert asked.keys() == TYPED.keys()
    kinds = {type(one) for one in asked.values()}
    assert kinds == {
        parts.DigitsInput, parts.MonthYearInput, parts.TextInput, parts.ChoiceInput,
    }  # fmt: skip
    assert isinstance(asked["country"], parts.ChoiceInput)
    assert sorted(drawn.downgraded) == [
        "address", "country", "date", "email", "money", "multi", "phone", "signature", "time",
        "upload",
    ]  # fmt: skip
    for one in asked.values():
        if isinstance(one, parts.TextInput):
            assert len(TYPED[one.id]) <= one.max_length, one.id
    date, mail = asked["date"], asked["email"]
    assert isinstance(date, parts.TextInput)
    assert date.sensitive
    assert isinstance(mail, parts.TextInput)
    assert mail.autofill == "work email"
    assert asked["multi"].hint == "One or more of these, with commas: home, office, none"
    assert asked["files"].hint == "Describe it"
    state = found.answer(**TYPED)
    assert state.step == "people"
    assert state.answers["multi"] == ["home", "office"]
    assert state.answers["address"] == {
        "lines": ["Rua Augusta 12"], "postal_code": "1100-053", "city": "Lisboa", "country": "PT",
    }  # fmt: skip
    assert state.answers["files"] == "It is blue"


def test_a_card_gets_what_the_flow_says_or_its_words() -> None:
    assert seen(begun(), 2).screen.components[1] == parts.Text(text="!")
    plain = load(ALL.replace(', fallback: {type: text, text: "{app.name}!"}', ""), "all")
    [_, told] = seen(begun(plain), 2).screen.components
    assert told == parts.Text(text="Sent Nov 20, 2026 (done)\nHere")


def test_a_signature_is_typed_where_the_app_cannot_draw_one() -> None:
    drawn = seen(at_form(), LEVEL, frozenset())
    assert drawn.downgraded == ("signature",)
    [hand] = [one for one in drawn.screen.components if getattr(one, "id", "") == "signature"]
    assert isinstance(hand, parts.TextInput)
    assert (hand.hint, hand.max_length) == ("Type your name.", MAX_SIGNATURE)


def test_what_has_no_way_leads_to_help_and_the_web() -> None:
    drawn = seen(at_people(), 2)
    [told] = drawn.screen.components
    assert isinstance(told, parts.Text)
    assert "ask for help" in told.text
    assert drawn.screen.actions == ()  # going on would fail for ever
    assert drawn.downgraded == ("repeat",)


@pytest.mark.parametrize(("optional", "actions"), [("true", 1), ("false", 0)])
def test_an_optional_question_is_left_out(optional: str, actions: int) -> None:
    text = ALL.replace(
        "fallback: {type: text, max: 99, hint: Describe it}", f"optional: {optional}"
    )
    found = begun(load(text, "all"))
    found.answer()
    assert len(seen(found, 2).screen.actions) == actions


def test_a_review_becomes_facts() -> None:
    found = at_people()
    found.files = {"p": File(id="p", name="card.png", type="image/png", size=1)}
    found.answer(people=[{"name": "Ana", "card": ["p"]}])
    state = found.state
    assert state.until is not None
    found.put(Woke(at=state.until, actor=SYSTEM, step="rest", visit=1))
    drawn: Any = seen(found, 2)
    facts, declared = drawn.screen.components
    assert facts == parts.Facts(
        items=(
            parts.Fact(label="Text", value="words"),
            parts.Fact(label="Multi", value="Home, Office"),
            parts.Fact(label="People", value="Ana, card.png"),
        )
    )
    assert declared == parts.Text(text="I mean it")
    assert (drawn.screen.kind, len(drawn.screen.actions)) == ("form", 1)


def test_the_address_is_filled_in_as_it_would_be_typed() -> None:
    text = ALL.replace(
        "address: {type: address,", "address: {type: address, default: results.read.home,"
    )
    found = Journey(load(text, "all"))
    home = {"lines": ["Rua Augusta 12", "3"], "city": "Lisboa", "country": "PT"}
    found.act(moves=[], home=home)
    found.answer()
    [typed] = [
        one for one in seen(found, 2).screen.components if getattr(one, "id", "") == "address"
    ]
    assert isinstance(typed, parts.TextInput)
    assert typed.value == "Rua Augusta 12, 3, -, Lisboa, PT"
    assert found.answer(**{**TYPED, "address": typed.value}).answers["address"] == home


def test_a_screen_says_what_a_reader_announces() -> None:
    found = at_form()
    shown = screen(FLOW, found.state, any_words(), found.now)
    assert (shown.a11y.announce, shown.a11y.focus) == ("Everything. Step 3 of 6.", "title")
