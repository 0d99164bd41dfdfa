"""A run in words: every component as text, and what is typed as its answer."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from selfservice.definition import load
from selfservice.events import Woke
from selfservice.plain import Unclear, Values, Wished, as_text, read_text
from selfservice.screen import CodeInput, Component, Screen, screen
from tests.unit.selfservice.driver import DIGITS, SYSTEM, Journey, any_words, bank_flow
from tests.unit.selfservice.test_downgrade import ALL, at_form, at_people, begun

FORM = """\
Everything

Digits
Write the digits.

Month
Write it like 11/30.

Text

Choice
1. A
2. B
Write the number.

Multi
1. Home
2. Office
3. None of these
Write the numbers, with commas.

Boolean
1. Yes
2. No
Write the number.

Number

Money
Write it like 12.50.

Date
Write it like 2026-11-20.

Time
Write it like 14:30.

Country
Write its name.

Phone
Write it with the country's prefix, like +351 912 345 678.

Mail
Write it like maya@example.com.

Address
Street and number, postal code (or -), city, country: with commas between.

Signature
Write your full name, or send a picture of your signature.

Files
Send it here as a file.

Answer in 16 lines, in this order.
You can also write: back."""

ANSWERED = """\
1234
11/30
words
2
1, office
yes
12.5
12,50
2026-11-20
14:30
portugal
00351 912345678
maya@example.com
Rua Augusta 12, 1100-053, Lisboa, Portugal
Maya Fernandes
It is blue"""


def shown(found: Journey) -> Screen:
    return screen(found.definition, found.state, any_words(), found.now)


def told(found: Journey) -> str:
    return as_text(shown(found), any_words())


def meant(found: Journey, text: str, *files: str) -> Any:
    return read_text(shown(found), text, any_words(), files)


def after_the_wait() -> Journey:
    found = at_people()
    found.answer(people=[{"name": "Ana"}])
    assert found.state.until is not None
    found.put(Woke(at=found.state.until, actor=SYSTEM, step="rest", visit=1))
    return found


def test_a_form_as_text() -> None:
    assert told(at_form()) == FORM


def test_a_form_answered_in_lines() -> None:
    found = at_form()
    answer = meant(found, ANSWERED)
    assert isinstance(answer, Values)
    state = found.answer(**answer.values)
    assert state.step == "people"
    kept = {name: state.answers[name] for name in ("choice", "multi", "yes", "money", "country")}
    assert kept == {
        "choice": "b", "multi": ["home", "office"], "yes": True, "money": 12.5, "country": "PT",
    }  # fmt: skip
    assert state.answers["address"]["city"] == "Lisboa"  # type: ignore[index,call-overload] # a dict


def test_the_other_screens_as_text() -> None:
    assert told(begun()) == (
        "All\n\nNews\n\n!\n\nWrite ok to go on.".replace("!", "Sent Nov 20, 2026 (done)\nHere")
    )
    assert told(at_people()) == (
        "People\n\nPeople\nName; Card\nWrite a line for each, with a semicolon between.\n\n"
        "You can also write: back."
    )
    assert told(after_the_wait()) == (
        "Check your answers\n\nText: words\nMulti: Home, Office\nPeople: Ana\n\nI mean it\n\n"
        "Write ok to go on.\nYou can also write: back."
    )
    resting = at_people()
    resting.answer(people=[{"name": "Ana"}])
    assert told(resting) == (
        "Nothing to do for now\n\nWe'll tell you when it goes on. You can close this."
    )
    done = after_the_wait()
    done.answer()
    assert told(done) == "That's done"


def test_facts_and_a_code_as_text() -> None:
    text = ALL.replace(
        "card: {type: timeline, items: results.read.moves, "
        'fallback: {type: text, text: "{app.name}!"}}',
        "card: {type: facts, items: [{label: Moves, value: len(results.read.moves)}]}",
    )
    assert "Moves: 2" in told(begun(load(text, "all")))
    found = Journey(bank_flow(), card_id="maya-debit")
    found.act(id="maya-debit", state="sent")
    found.answer(**DIGITS)
    code = shown(found)
    assert any(isinstance(one, CodeInput) for one in code.components)
    assert "Code\n6 digits, good for 5 minutes" in told(found)
    assert meant(found, " 123456 ") == Values({"code": "123456"})


def test_every_component_was_shown() -> None:
    every = [begun(), at_form(), at_people(), after_the_wait()]
    seen = {type(one) for found in every for one in shown(found).components}
    names = {kind.__name__ for kind in set(get_args(Component)) - seen}
    assert names == {"Facts", "CodeInput", "PasskeyInput"}  # the first two in the test above


@pytest.mark.parametrize(
    ("said", "option"),
    [("2", "b"), ("b", "b"), ("B", "b"), (" b ", "b"), ("3", "3"), ("0", "0"), ("x", "x")],
)
def test_an_option_by_number_or_words(said: str, option: str) -> None:
    flow = "flow: f\ntitle: F\nstart: c\nsteps:\n  c: {choice: C, options: [a, b], next: d}\n"
    found = Journey(load(flow + "  d: {end: solved}\n", "f"))
    assert meant(found, said) == Values({"c": option})


def test_options_that_are_numbers_are_called_by_them() -> None:
    flow = "flow: f\ntitle: F\nstart: c\nsteps:\n  c: {choice: C, options: ['2', '1'], next: d}\n"
    found = Journey(load(flow + "  d: {end: solved}\n", "f"))
    assert meant(found, "2") == Values({"c": "2"})


def test_a_line_for_each_entry() -> None:
    assert meant(at_people(), "Ana\nRui; a card\n") == Values(
        {"people": [{"name": "Ana"}, {"name": "Rui", "card": "a card"}]}
    )


def test_files_that_came_with_it() -> None:
    without = "\n".join(ANSWERED.splitlines()[:14] + ANSWERED.splitlines()[15:])
    answer = meant(at_form(), without, "id-1")
    assert answer.values["signature"] == ["id-1"]
    assert answer.values["files"] == "It is blue"


def test_wishes_where_they_are_possible() -> None:
    assert meant(at_form(), "Back") == Wished("back")
    assert isinstance(meant(begun(), "back"), Unclear)  # nothing is behind it
    assert isinstance(meant(at_form(), "cancel"), Unclear)  # the flow has none
    found = Journey(bank_flow(), card_id="maya-debit")
    found.act(id="maya-debit", state="sent")
    assert meant(found, "HELP") == Wished("help")
    assert meant(found, "cancel") == Wished("cancel")


def test_what_cannot_be_meant() -> None:
    assert isinstance(meant(at_form(), "one line"), Unclear)
    assert isinstance(meant(begun(), "what?"), Unclear)
    assert meant(begun(), "OK") == Values({})
    resting = at_people()
    resting.answer(people=[{"name": "Ana"}])
    assert isinstance(meant(resting, "ok"), Unclear)
