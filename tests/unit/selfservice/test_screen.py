"""Does the app get what it needs to draw each kind of step?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from selfservice.answers import begin
from selfservice.countries import countries
from selfservice.definition import load
from selfservice.effects import Escalate
from selfservice.events import Expired
from selfservice.moving import MAX_AUTOMATIC
from selfservice.run import step
from selfservice.screen import CodeInput, PasskeyInput, Screen, screen
from selfservice.state import Status, expires_at
from selfservice.texts import Catalogues
from selfservice.view import MASK, view
from tests.unit.selfservice.driver import (
    BANK,
    CUSTOMER,
    DIGITS,
    RUN,
    START,
    SYSTEM,
    Journey,
    activation,
    bank_flow,
    english,
    mismatch,
)

SHOP = load(
    """
flow: returns
title: t:returns.title
start: look
inputs: {order: {type: number, from: app}}
on: {help: {queue: shop, reason: returns}}
steps:
  look:
    action: orders.get
    effect: read
    with: {order: inputs.order}
    next: tell
    on_error: {then: tell}
  tell:
    say: Your parcel is here.
    card: {type: facts, items: [{label: Parcels, value: results.look.parcels}, {label: By, value: results.look.by}]}
    next: sure
  sure:
    choice: "Send it back?"
    options: [yes, no]
    next:
      - if: answers.sure == "no"
        goto: kept
      - else: how
  how:
    form: How many?
    fields:
      count: {type: number, label: Count}
      gift: {type: boolean, label: "A gift?", hint: We pack it}
      size: {type: choice, label: Size, options: [small, big]}
      note: {type: text, label: Note, max: 50, sensitive: true, optional: true}
    next: sent
  sent: {end: solved}
  kept: {end: refused}
""",  # noqa: E501 - a flow file
    "returns.yaml",
)


def shown(journey: Journey) -> dict[str, Any]:
    """The screen as the app gets it."""
    texts = english() if journey.definition.flow == "activate_debit_card" else _plain()
    made = screen(journey.definition, journey.state, texts, journey.now)
    encoded = msgspec.json.encode(made)
    assert msgspec.json.decode(encoded, type=Screen) == made
    found: dict[str, Any] = msgspec.json.decode(encoded)
    return found


def _plain() -> Any:
    return Catalogues(BANK / "texts").texts("en")


def test_the_form_of_the_activation() -> None:
    found = shown(activation())
    assert {key: found[key] for key in ("flow_title", "title", "body", "step")} == {
        "flow_title": "Activate card",
        "title": "Check your new card",
        "body": "Both are printed on the front.",
        "step": "ask_digits",
    }
    assert found["components"] == [
        {
            "type": "digits",
            "id": "last4",
            "label": "Last 4 digits",
            "hint": "The last group of the long number, four digits",
            "required": True,
            "value": None,
            "length": 4,
            "sensitive": True,
            "autofill": "off",
        },
        {
            "type": "month_year",
            "id": "expiry",
            "label": "Valid until",
            "hint": "Month and year, like 11/30",
            "required": True,
            "value": None,
        },
    ]
    assert found["actions"] == [{"id": "continue", "label": "Continue", "intent": "primary"}]
    assert found["can"] == {"back": False, "cancel": True, "help": True}
    assert found["progress"] == {"at": 2, "of": 4}
    assert found["updated_at"] == "2026-11-20T09:41:05Z"


def test_the_code() -> None:
    journey = activation()
    journey.answer(**DIGITS)
    later = START + timedelta(seconds=40)
    made = screen(journey.definition, journey.state, english(), journey.now, resend_after=later)
    assert (made.kind, made.title) == ("code", "Confirm it's you")
    assert msgspec.json.decode(msgspec.json.encode(made.components)) == [
        {
            "type": "code",
            "id": "code",
            "label": "Code",
            "hint": "6 digits, good for 5 minutes",
            "required": True,
            "value": None,
            "length": 6,
            "resend_after": "2026-11-20T09:41:40Z",
        }
    ]
    assert made.actions[0].label == "Confirm"
    assert made.body is not None
    assert made.body.startswith("We sent you a code by text message")


def test_a_passkey_comes_first_and_nothing_says_that_a_code_was_sent() -> None:
    journey = activation()
    journey.answer(**DIGITS)
    made = screen(journey.definition, journey.state, english(), journey.now, passkey=True)
    key, code = made.components
    assert isinstance(key, PasskeyInput)
    assert (key.id, key.label, key.required) == ("passkey", "Use your passkey", False)
    assert isinstance(code, CodeInput)
    assert (code.required, code.resend_after) == (False, None)
    assert made.body == "So that nobody else can do this, even with your phone in their hands."


def test_no_passkey_is_offered_where_the_step_takes_none() -> None:
    definition = load(journey_with_code_alone(), "code.yaml")
    state = step(definition, None, begin(definition, RUN, {}, START, CUSTOMER)).state
    made = screen(definition, state, english(), START, passkey=True)
    assert [type(one) for one in made.components] == [CodeInput]


def journey_with_code_alone() -> str:
    return """
flow: alone
title: Alone
start: prove
expires: 1d
steps:
  prove:
    stepup: {level: 2, methods: [otp_host], max_age: 5m}
    next: done
    on_denied: {goto: done}
  done: {end: solved}
"""


def test_progress_while_an_action_runs() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    found = shown(journey)
    assert (found["kind"], found["title"]) == ("progress", "Looking up your card")
    assert (found["components"], found["actions"]) == ([], [])
    assert shown(Journey(SHOP, order=7))["title"] == "One moment"


def test_say_choice_and_the_other_fields() -> None:
    journey = Journey(SHOP, order=7)
    journey.act(parcels=2, by=None)
    found = shown(journey)
    assert (found["kind"], found["components"]) == (
        "say",
        [
            {"type": "text", "text": "Your parcel is here."},
            {"type": "facts", "items": [{"label": "Parcels", "value": "2"}]},
        ],
    )
    journey.answer()
    (choice,) = shown(journey)["components"]
    assert (choice["id"], choice["label"]) == ("sure", "Send it back?")
    yes_no = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
    assert choice["options"] == yes_no
    journey.answer(sure="yes")
    count, gift, size, note = shown(journey)["components"]
    assert (count["type"], count["max_length"]) == ("text_field", 25)
    assert (gift["type"], gift["options"], gift["hint"]) == ("choice", yes_no, "We pack it")
    assert [one["label"] for one in size["options"]] == ["Small", "Big"]
    assert (note["max_length"], note["sensitive"], note["required"]) == (50, True, False)
    journey.answer(count=1, gift=False, size="big")
    end = shown(journey)
    assert (end["kind"], end["outcome"], end["title"]) == ("end", "solved", "That's done")
    assert (end["progress"], end["can"]) == (
        None,
        {"back": False, "cancel": False, "help": False},
    )


WORLD = load(
    """
flow: world
title: World
start: pick
steps:
  pick: {choice: "Which?", many: true, options: [a, b, none], none: none, next: more}
  more:
    form: More
    fields:
      land: {type: country, label: Land, only: [PT, AX, AL]}
      day: {type: date, label: Day, autofill: bday}
      hour: {type: time, label: Hour}
      price: {type: money, label: Price, currency: EUR}
      cash: {type: money, label: Cash}
      phone: {type: phone, label: Phone, sensitive: true}
      mail: {type: email, label: Mail, show_if: '"b" in answers.pick'}
    next: done
  done: {end: solved}
""",
    "world.yaml",
)


def test_several_and_the_fields_with_shapes_of_their_own() -> None:
    journey = Journey(WORLD)
    (pick,) = shown(journey)["components"]
    assert (pick["type"], pick["id"], pick["label"]) == ("multi", "pick", "Which?")
    assert ([one["value"] for one in pick["options"]], pick["none"]) == (["a", "b", "none"], "none")
    journey.answer(pick=["a"])
    land, day, hour, price, cash, phone = shown(journey)["components"]
    assert land["options"] == [
        {"value": "AX", "label": "Åland Islands"},
        {"value": "AL", "label": "Albania"},
        {"value": "PT", "label": "Portugal"},
    ]
    assert (day["type"], day["autofill"], hour["type"]) == ("date", "bday", "time")
    assert (price["type"], price["currency"], price["decimals"]) == ("money", "EUR", 2)
    assert (cash["currency"], cash["decimals"]) == (None, 2)
    assert (phone["type"], phone["autofill"], phone["sensitive"]) == ("phone", "tel", True)
    given = {"land": "PT", "day": "2026-12-24", "hour": "09:30", "price": "1250", "cash": 2.5}
    journey.answer(**given, phone="+351 912 345 678")
    seen = view(WORLD, journey.state, Catalogues(BANK / "texts").texts("en")).answers
    assert {one.label: one.value for one in seen} == {
        "Which?": "A",
        "Land": "Portugal",
        "Day": "Dec 24, 2026",
        "Hour": "09:30",
        "Price": "€1,250.00",
        "Cash": "2.50",
        "Phone": MASK,
    }


def test_every_country_is_offered_in_the_language_of_the_customer() -> None:
    assert len(countries("en")) == 250
    names = countries("es")
    assert names["DE"] == "Alemania"
    assert list(names)[:3] == ["AF", "AL", "DE"]


def test_refused_is_an_end_that_solved_nothing() -> None:
    journey = Journey(SHOP, order=7)
    journey.act()
    journey.answer()
    journey.answer(sure="no")
    found = shown(journey)
    assert (found["status"], found["outcome"]) == ("abandoned", "refused")


def test_a_notice_for_an_action_that_failed() -> None:
    journey = Journey(SHOP, order=7)
    journey.fail("error", "ODD")
    found = shown(journey)
    assert found["notice"] == {
        "tone": "problem",
        "text": "That didn't go through. Your answers are saved.",
        "code": "ODD",
    }
    journey.answer()
    assert shown(journey)["notice"] is None


def test_the_notice_knows_no_date_without_one() -> None:
    journey = Journey(bank_flow(), card_id="card-1")
    journey.act(status="sent")
    mismatch(journey)
    assert shown(journey)["notice"]["text"] == (
        "These don't match the card we sent you. Is it the new card?"
    )


def test_help_and_handoff() -> None:
    journey = activation(mismatches=2)
    assert shown(journey)["nudge"]
    journey.help()
    helped = shown(journey)
    assert (helped["kind"], helped["status"], helped["nudge"]) == ("form", "with_human", False)
    assert helped["can"] == {"back": False, "cancel": True, "help": False}
    journey.hand_back()
    mismatch(journey)
    given_up = shown(journey)
    assert (given_up["kind"], given_up["step"]) == ("handoff", "human")
    assert given_up["progress"] == {"at": 2, "of": 4}


def test_expired() -> None:
    journey = activation()
    assert expires_at(journey.definition, journey.state) - journey.state.updated_at == timedelta(14)
    journey.put(Expired(at=START, actor=SYSTEM))
    found = shown(journey)
    assert (found["kind"], found["status"]) == ("end", "expired")
    assert found["title"] == "This has been lying too long"


CIRCLE = load(
    """
flow: circle
title: Circle
start: a
steps:
  a: {action: x.get, effect: read, next: b, on_error: {then: b}}
  b: {action: x.get, effect: read, next: [{if: result.stop, goto: end}, {else: a}], on_error: {then: a}}
  end: {end: solved}
""",  # noqa: E501 - a flow file
    "circle.yaml",
)


def test_a_flow_in_circles_reaches_a_human_and_can_go_on() -> None:
    journey = Journey(CIRCLE)
    for _ in range(MAX_AUTOMATIC):
        assert journey.state.status is Status.WAITING
        journey.act()
    assert journey.state.status is Status.WITH_HUMAN
    assert isinstance(journey.effects[-1], Escalate)
    assert journey.effects[-1].reason == "loop"
    assert len(journey.performed) == MAX_AUTOMATIC
    assert shown(journey)["kind"] == "handoff"
    journey.hand_back()
    assert (journey.state.status, journey.state.step) == (Status.WAITING, "a")


@pytest.mark.parametrize("mismatches", [0, 1, 2, 3])
def test_every_screen_has_words(mismatches: int) -> None:
    """`english` fails on a key that no catalogue has."""
    journey = activation(mismatches=mismatches)
    assert shown(journey)["title"]
