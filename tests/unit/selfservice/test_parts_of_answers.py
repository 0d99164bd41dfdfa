"""Answers of several parts: an address, files that were sent up, a signature."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from selfservice import events
from selfservice.asked import fields_asked
from selfservice.definition import load
from selfservice.effects import PerformAction
from selfservice.errors import FlowError, InvalidAnswer
from selfservice.run import fold
from selfservice.screen import AddressInput, Review, SignatureInput, TextInput, UploadInput, screen
from selfservice.uploaded import File, held, named
from selfservice.view import view
from tests.unit.selfservice.driver import CUSTOMER, Journey, any_words

MOVE = """
flow: move
title: Moving house
start: where
steps:
  where:
    form: Where to
    fields:
      home: {type: address, label: New home, only: [PT, ES], autofill: shipping}
      number: {type: text, label: Letter, pattern: "[A-Z]{2}[0-9]{2}", error: Like AB12}
    next: papers
  papers:
    form: Papers
    fields:
      proof: {type: upload, label: Proof, accept: [image/*, application/pdf], max: 2, max_mb: 1}
      more:
        {type: upload, label: More, accept: [text/plain], max_mb: 1, optional: true,
         fallback: {type: text, max: 20}}
    next: guests
  guests:
    repeat: Who else
    fields:
      who: {type: text, label: Who}
      card: {type: upload, label: Card, accept: [image/png], max_mb: 1, optional: true}
    min: 0
    next: sign
  sign:
    form: Sign
    fields: {hand: {type: signature, label: Your signature}}
    next: check
  check: {review: [home, proof, more, guests, hand], next: send}
  send:
    action: people.move
    effect: write
    with: {city: answers.home.city, proof: answers.proof, hand: answers.hand}
    next:
      - if: answers.home.country == "PT" and len(answers.proof) > 0
        goto: done
      - else: gone
    on_error: {then: gone}
    on_unknown: {check: people.find, if: has(result.id), goto: done, else: gone}
  done: {end: solved}
  gone: {end: abandoned}
"""
FLOW = load(MOVE, "move")
HOME = {
    "lines": "Rua Augusta 12\n3.º",
    "postal_code": "1100-053",
    "city": "Lisboa",
    "country": "PT",
}
PHOTO = File(id="p1", name="bill.jpg", type="image/jpeg", size=900_000)
PAPER = File(id="p2", name="bill.pdf", type="application/pdf", size=1_000_000)
HUGE = File(id="p3", name="huge.pdf", type="application/pdf", size=1_000_001)
NOTE = File(id="p4", name="note.txt", type="text/plain", size=10)
PICTURE = File(id="p5", name="signature.png", type="image/png", size=2000)
KEPT = {
    "lines": ["Rua Augusta 12", "3.º"],
    "postal_code": "1100-053",
    "city": "Lisboa",
    "country": "PT",
}


def journey() -> Journey:
    found = Journey(FLOW)
    found.files = {one.id: one for one in (PHOTO, PAPER, HUGE, NOTE, PICTURE)}
    return found


def at_papers() -> Journey:
    found = journey()
    found.answer(home=HOME, number="AB12")
    return found


def at_signing() -> Journey:
    found = at_papers()
    found.answer(proof=["p1", "p2"])
    found.answer(guests=[])
    return found


def at_review(**given: Any) -> Journey:
    found = at_signing()
    found.answer(hand=given.get("hand", ["p5"]))
    return found


def refused(found: Journey, **values: Any) -> dict[str, str]:
    with pytest.raises(InvalidAnswer) as caught:
        found.answer(**values)
    return {name: one.key for name, one in caught.value.errors.items()}


def plain(file: File) -> dict[str, Any]:
    return msgspec.structs.asdict(file)


def drawn(found: Journey) -> Any:
    return screen(found.definition, found.state, any_words(), found.now).components


# --- an address -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (HOME, KEPT),
        ({**HOME, "lines": ["Rua Augusta 12", " ", "3.º"], "region": ""}, KEPT),
        ({**HOME, "region": " Lisboa "}, {**KEPT, "region": "Lisboa"}),
        ("Rua Augusta 12\n3.º\n1100-053\nLisboa\nPortugal", KEPT),
        ("Rua Augusta 12, 3.º, 1100-053, Lisboa, pt", KEPT),
        (
            {"lines": "1", "city": "Faro", "country": "es"},
            {"lines": ["1"], "city": "Faro", "country": "ES"},
        ),
        ("1, -, Faro, PT", {"lines": ["1"], "city": "Faro", "country": "PT"}),
    ],
)
def test_an_address_is_kept_in_parts(given: Any, kept: dict[str, Any]) -> None:
    found = journey()
    assert found.answer(home=given, number="AB12").answers["home"] == kept


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        (None, {"home": "t:err.required"}),
        ({}, {"home": "t:err.required"}),
        ({"lines": " ", "city": "", "country": None}, {"home": "t:err.required"}),
        ("somewhere", {"home": "t:err.address"}),
        (5, {"home": "t:err.address"}),
        (["Rua"], {"home": "t:err.address"}),
        ({"city": "Lisboa"}, {"home.lines": "t:err.required", "home.country": "t:err.required"}),
        ({**HOME, "country": "FR"}, {"home.country": "t:err.country"}),
        ({**HOME, "country": ["PT"]}, {"home.country": "t:err.country"}),
        ({**HOME, "postal_code": "1100/053"}, {"home.postal_code": "t:err.postal_code"}),
        ({**HOME, "postal_code": 1100}, {"home.postal_code": "t:err.postal_code"}),
        ({**HOME, "lines": "a\nb\nc\nd\ne"}, {"home.lines": "t:err.lines"}),
        ({**HOME, "lines": {"a": 1}}, {"home.lines": "t:err.invalid"}),
        ({**HOME, "lines": [7]}, {"home.lines": "t:err.invalid"}),
        ({**HOME, "city": "x" * 101}, {"home.city": "t:err.too_long"}),
        ({**HOME, "city": "a\x00b"}, {"home.city": "t:err.invalid"}),
        ({**HOME, "planet": "Mars"}, {"home.planet": "t:err.unknown_field"}),
    ],
)
def test_each_part_has_its_own_error(given: Any, errors: dict[str, str]) -> None:
    assert refused(journey(), home=given, number="AB12") == errors


def test_an_address_is_asked_for_in_parts() -> None:
    home, _ = drawn(journey())
    assert isinstance(home, AddressInput)
    assert [one.value for one in home.countries] == ["PT", "ES"]
    assert [(one.id, one.required, one.autofill, one.value) for one in home.parts] == [
        ("lines", True, "shipping street-address", None),
        ("postal_code", False, "shipping postal-code", None),
        ("city", True, "shipping address-level2", None),
        ("region", False, "shipping address-level1", None),
        ("country", True, "shipping country", None),
    ]


def test_an_address_is_filled_in_after_going_back() -> None:
    found = at_papers()
    found.put(events.Reopened(at=found.now, actor=CUSTOMER, step="where"))
    home, number = drawn(found)
    assert [one.value for one in home.parts] == [
        "Rua Augusta 12\n3.º", "1100-053", "Lisboa", None, "PT",
    ]  # fmt: skip
    assert home.value == "Rua Augusta 12\n3.º\n1100-053\nLisboa\nPT"
    assert number.value == "AB12"


def test_a_text_has_the_form_of_its_pattern() -> None:
    assert refused(journey(), home=HOME, number="AB1") == {"number": "Like AB12"}
    assert refused(journey(), home=HOME, number="xAB12") == {"number": "Like AB12"}
    assert journey().answer(home=HOME, number=" AB12 ").answers["number"] == "AB12"


# --- files ------------------------------------------------------------------------------------


def test_files_are_kept_as_their_content_showed_them() -> None:
    found = at_papers()
    state = found.answer(proof=["p1", "p2", "p1"], more=["p4"])
    assert state.answers["proof"] == [plain(PHOTO), plain(PAPER)]
    assert state.answers["more"] == [plain(NOTE)]
    assert held(state) == {"p1", "p2", "p4"}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        (None, {"proof": "t:err.required"}),
        ([], {"proof": "t:err.required"}),
        ("p1", {"proof": "t:err.upload"}),
        (["nobody's"], {"proof[0]": "t:err.no_file"}),
        (["p1", "p9", "p4", "p3"],
         {"proof[1]": "t:err.no_file", "proof[2]": "t:err.file_type",
          "proof[3]": "t:err.file_size"}),
        (["p1", "p2", "p5"], {"proof": "t:err.too_many_files"}),
        ([5, None, ["p1"]],
         {"proof[0]": "t:err.no_file", "proof[1]": "t:err.no_file", "proof[2]": "t:err.no_file"}),
        ([plain(PHOTO)], {"proof[0]": "t:err.no_file"}),
        (plain(PHOTO), {"proof[0]": "t:err.no_file"}),
    ],
)  # fmt: skip
def test_only_files_of_the_customers_own_that_fit(given: Any, errors: dict[str, str]) -> None:
    assert refused(at_papers(), proof=given) == errors


def test_words_in_place_of_files_where_the_flow_says_so() -> None:
    assert at_papers().answer(proof=["p1"], more="by post").answers["more"] == "by post"
    assert refused(at_papers(), proof=["p1"], more="x" * 21) == {"more": "t:err.too_long"}


def test_files_in_a_repeated_form() -> None:
    found = at_papers()
    found.answer(proof=["p1"])
    fields = fields_asked(found.definition, found.state)
    given = {"guests": [{"who": "Ana", "card": ["p5"]}, {"who": "Rui", "card": ["px"]}, 7]}
    assert named(fields, given) == {"p5", "px"}
    entries = given["guests"][:2]
    assert refused(found, guests=entries) == {"guests[1].card[0]": "t:err.no_file"}
    state = found.answer(guests=entries[:1])
    assert state.answers["guests"] == [{"who": "Ana", "card": [plain(PICTURE)]}]
    assert held(state) == {"p1", "p5"}


def test_files_are_shown_by_name_and_again_after_going_back() -> None:
    found = at_papers()
    proof, more = drawn(found)
    assert isinstance(proof, UploadInput)
    assert (proof.accept, proof.max, proof.max_mb) == (("image/*", "application/pdf"), 2, 1)
    assert (proof.required, more.required) == (True, False)
    found.answer(proof=["p1", "p2"], more="by post")
    found.put(events.Reopened(at=found.now, actor=CUSTOMER, step="papers"))
    proof, more = drawn(found)
    assert [one.name for one in proof.files] == ["bill.jpg", "bill.pdf"]
    assert more.value == "by post"
    assert held(found.state) == {"p1", "p2"}  # the customer may keep them
    assert held(found.answer(proof=["p2"])) == {"p2"}


# --- a signature ------------------------------------------------------------------------------


def test_a_signature_is_a_drawing_or_a_name_with_its_time() -> None:
    [hand] = drawn(at_signing())
    assert isinstance(hand, SignatureInput)
    found = at_signing()
    at = found.now.isoformat()
    assert found.answer(hand=["p5"]).answers["hand"] == {**plain(PICTURE), "at": at}
    found = at_signing()
    signed = found.answer(hand=" Maya Fernandes ").answers["hand"]
    assert signed == {"typed": "Maya Fernandes", "at": at}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (None, "t:err.required"),
        ([], "t:err.required"),
        ("", "t:err.required"),
        (["p2"], "t:err.signature"),
        (["p5", "p1"], "t:err.signature"),
        (["px"], "t:err.signature"),
        ({"typed": "Maya", "at": "2020-01-01"}, "t:err.signature"),
        ([{**plain(PICTURE), "at": "2020-01-01"}], "t:err.signature"),
        ("x" * 101, "t:err.too_long"),
    ],
)
def test_no_other_signature(given: Any, error: str) -> None:
    assert refused(at_signing(), hand=given) == {"hand": error}


def test_after_going_back_it_is_signed_again() -> None:
    found = at_review()
    found.put(events.Reopened(at=found.now, actor=CUSTOMER, step="where"))
    state = found.answer(home=HOME, number="CD34")
    assert state.step == "sign"
    assert held(state) >= {"p1", "p2"}
    assert fold(FLOW, found.log) == found.state


# --- what others see --------------------------------------------------------------------------


def test_the_review_and_the_agent_read_them() -> None:
    found = at_review()
    [review] = [one for one in drawn(found) if isinstance(one, Review)]
    assert {one.label: one.value for one in review.lines} == {
        "New home": "Rua Augusta 12, 3.º, 1100-053 Lisboa, Portugal",
        "Proof": "bill.jpg, bill.pdf",
        "Who else": "",
        "Your signature": "Signed by hand",
    }
    assert ("Proof", "bill.jpg, bill.pdf") in [
        (one.label, one.value) for one in view(FLOW, found.state, any_words()).answers
    ]
    [review] = [one for one in drawn(at_review(hand="Maya")) if isinstance(one, Review)]
    assert review.lines[-1].value == "Maya"


def test_rules_and_actions_read_them() -> None:
    found = at_review()
    found.answer()
    [sent] = [one for one in found.effects if isinstance(one, PerformAction)]
    assert sent.input["city"] == "Lisboa"
    assert sent.input["proof"] == [plain(PHOTO), plain(PAPER)]
    assert found.act(ok=True).step == "done"
    assert fold(FLOW, found.log) == found.state


# --- what can never work ----------------------------------------------------------------------

FORM = """
flow: f
title: F
start: ask
steps:
  ask:
    form: Ask
    fields:
      other: {type: text, label: Other}
      one: {label: One, %s}
    next: done
  done: {end: solved}
"""


@pytest.mark.parametrize(
    ("field", "place", "why"),
    [
        ("type: upload", "accept", "which types it takes"),
        ("type: upload, accept: [image/*]", "max_mb", "how large"),
        ("type: upload, max_mb: 2", "accept", "which types"),
        (
            "type: upload, max_mb: 2, accept: [video/mp4]",
            "accept[0]",
            "no file is ever `video/mp4`",
        ),
        (
            "type: upload, max_mb: 2, accept: [text/plain, image/gif]",
            "accept[1]",
            "no file is ever",
        ),
        ("type: address, only: [XX]", "only", "there is no country"),
        ("type: address, fact: home", "fact", "several parts"),
        ("type: signature, fact: hand", "fact", "several parts"),
        ("type: address, sensitive: true", "sensitive", "can be sealed"),
        ("type: upload, max_mb: 2, accept: [image/*], sensitive: true", "sensitive", "sealed"),
        ("type: signature, default: app.name", "default", "cannot be filled in"),
        ("type: text, sensitive: true, default: app.name", "default", "cannot be filled in"),
        ("type: text, default: answers.other", "default", "asked on the same screen"),
        ("type: text, default: answers.nobody", "default", "nothing gives it"),
        ("type: text, default: value", "default", "`value` does not exist here"),
        ("type: text, fact: f, retain: 90d", "retain", "a fact is kept beyond the run"),
        ("type: text, fallback: {type: text}", "fallback", "every app can answer"),
        ('type: text, pattern: "(a+)+"', "pattern", "endless repeat"),
        ("type: text, pattern: [a]", "pattern", "a pattern is a text"),
    ],
)
def test_what_is_refused_at_load(field: str, place: str, why: str) -> None:
    with pytest.raises(FlowError) as caught:
        load(FORM % field, "f")
    assert caught.value.place == f"steps.ask.fields.one.{place}"
    assert why in caught.value.message


@pytest.mark.parametrize("key", ["retain: 90d", "default: app.name"])
def test_not_in_a_repeated_form(key: str) -> None:
    text = MOVE.replace("who: {type: text, label: Who}", f"who: {{type: text, label: Who, {key}}}")
    with pytest.raises(FlowError, match="not where a step is repeated"):
        load(text, "f")


# --- what a field is filled with --------------------------------------------------------------

FILLED = """
flow: f
title: F
start: read
steps:
  read: {action: people.get, effect: read, next: ask, on_error: {then: done}}
  ask:
    form: Ask
    fields:
      mail: {type: email, label: Mail, default: results.read.mail}
      day: {type: date, label: Day, default: today() + 7}
      home: {type: address, label: Home, default: results.read.home}
      ok: {type: boolean, label: Ok, default: results.read.ok}
    next: done
  done: {end: solved}
"""


def test_a_default_is_filled_in_where_it_fits() -> None:
    found = Journey(load(FILLED, "f"))
    found.act(mail="maya@example.com", home=KEPT, ok=True)
    mail, day, home, ok = drawn(found)
    assert (mail.value, day.value, ok.value) == ("maya@example.com", "2026-11-27", "yes")
    assert home.parts[2].value == "Lisboa"
    found = Journey(load(FILLED, "f"))
    found.act(mail="not a mail", home={"city": "Faro"}, ok="perhaps")
    assert [one.value for one in drawn(found)] == [None, "2026-11-27", None, None]


def test_what_the_customer_said_before_comes_first() -> None:
    found = Journey(
        load(
            FILLED.replace(
                "next: done\n  done", "next: sure\n  sure: {say: Sure, next: done}\n  done"
            ),
            "f",
        )
    )
    found.act(mail="maya@example.com", home=KEPT, ok=True)
    found.answer(mail="m@example.com", day="2026-12-01", home=HOME, ok="no")
    found.put(events.Reopened(at=found.now, actor=CUSTOMER, step="ask"))
    mail, day, _, ok = drawn(found)
    assert (mail.value, day.value, ok.value) == ("m@example.com", "2026-12-01", "no")
    assert not isinstance(mail, TextInput)
