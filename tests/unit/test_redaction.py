"""No card number, code, token or password gets past; what an agent needs does, unchanged."""

import json
import random
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.conversation.redaction import ALLOWED, DEEPEST, LARGEST, Redacted, TooLarge, redact
from app.conversation.secret_text import blank


def completed(body: str) -> str:
    """The digits with their Luhn check digit, reckoned the long way round."""
    total = 0
    for at, char in enumerate(reversed(body)):
        digit = int(char) * (2 if at % 2 == 0 else 1)
        total += digit // 10 + digit % 10
    return body + str(-total % 10)


def in_groups(pan: str, gap: str) -> str:
    if len(pan) == 15:
        return gap.join([pan[:4], pan[4:10], pan[10:]])
    return gap.join(pan[at : at + 4] for at in range(0, len(pan), 4))


FORMATS: dict[str, Callable[[str], str]] = {
    "plain": lambda pan: pan,
    "spaces": lambda pan: in_groups(pan, " "),
    "dashes": lambda pan: in_groups(pan, "-"),
    "no-break spaces": lambda pan: in_groups(pan, "\u00a0"),
    "dash between spaces": lambda pan: in_groups(pan, " \u2013 "),
    "one by one": " ".join,
    "full width": lambda pan: "".join(chr(0xFF10 + int(digit)) for digit in pan),
    "hidden characters": lambda pan: in_groups(pan, "\u200b"),
    "lines": lambda pan: in_groups(pan, "\n"),
}

LENGTHS = {"4": 16, "51": 16, "55": 16, "2221": 16, "2720": 16, "34": 15, "37": 15, "6011": 16}
LENGTHS |= {"65": 16, "3528": 16, "36": 14, "300": 14, "62": 19, "5018": 18, "6304": 17}


@st.composite
def pans(draw: st.DrawFn) -> str:
    issuer = draw(st.sampled_from(sorted(LENGTHS)))
    digits = LENGTHS[issuer] - len(issuer) - 1
    return completed(issuer + draw(st.text("0123456789", min_size=digits, max_size=digits)))


def digits_of(value: object) -> str:
    """All digits that a reader could still put together."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(str(int(char)) for char in text if char.isdecimal())


AROUND = st.text(st.characters(exclude_categories=["Nd", "Cs", "Cc"]), max_size=20)


@given(pan=pans(), style=st.sampled_from(sorted(FORMATS)), before=AROUND, after=AROUND)
@settings(max_examples=400, deadline=None)
def test_card_number_in_a_text_keeps_four_digits(
    pan: str, style: str, before: str, after: str
) -> None:
    found = redact(f"{before}{FORMATS[style](pan)}{after}")
    assert digits_of(found.value) == pan[-4:]
    assert found.removed == ("",)


PLACES: dict[str, Callable[[str], Any]] = {
    "field": lambda text: {"fields": {"note": text}},
    "list": lambda text: {"errors": ["first", text]},
    "action": lambda text: {"actions": [{"name": "tap", "detail": {"value": text}}]},
    "key": lambda text: {"fields": {text: {"value": "x"}}},
    "key of a removed field": lambda text: {"fields": {text: "x"}},
    "secret field": lambda text: {"fields": {"cardNumber": text, "screen": "pay"}},
    "unlisted field": lambda text: {"fields": {"whatever": text}},
}


@given(pan=pans(), style=st.sampled_from(sorted(FORMATS)), place=st.sampled_from(sorted(PLACES)))
@settings(max_examples=400, deadline=None)
def test_card_number_survives_nowhere(pan: str, style: str, place: str) -> None:
    found = redact(PLACES[place](FORMATS[style](pan)))
    assert digits_of(found.value) in {"", pan[-4:]}
    assert pan[:-4] not in digits_of(found.removed)
    assert found.removed or place == "key"


@given(pan=pans(), before=st.from_regex(r"\A\d{1,4}[ -]\Z"), after=st.from_regex(r"\A[ -]\d\d\Z"))
@settings(deadline=None)
def test_digits_around_a_card_number_do_not_hide_it(pan: str, before: str, after: str) -> None:
    found = redact(f"{before}{in_groups(pan, ' ')}{after}").value
    assert pan[:12] not in digits_of(found)
    assert in_groups(pan, " ")[:9] not in found


@given(pan=pans())
def test_card_number_as_a_number(pan: str) -> None:
    assert redact({"value": int(pan)}).value == {"value": f"•••• {pan[-4:]}"}


@pytest.mark.parametrize("gap", [".", "/", "_", "+", "%20", ","])
def test_card_shaped_groups(gap: str) -> None:
    visa, amex = completed("424242424242424"), completed("37828224631000")
    assert redact(f"a={in_groups(visa, gap)}&b").value == f"a=•••• {visa[-4:]}&b"
    assert redact(f"a={in_groups(amex, gap)}&b").value == f"a=•••• {amex[-4:]}&b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4222222222222", "•••• 2222"),  # Visa once had 13 digits
        ("4242 4242 4242 4242 12/30 123", "•••• 4242 12/30 [removed]"),
        ("4242424242424242, cvv 1234", "•••• 4242, cvv [removed]"),
        ("4242424242424242 and the code 987 too", "•••• 4242 and the code [removed] too"),
        ("123 4242424242424242", "[removed] •••• 4242"),
        ("4242424242424242 4000056655665556", "•••• 4242 •••• 5556"),
        ("4242424242424242 and 4000056655665556", "•••• 4242 and •••• 5556"),
        ("my CVC is 123.", "my CVC is [removed]."),
        ("security code: 1234", "security code: [removed]"),
        ("PIN 4711", "PIN [removed]"),
        ("OTP=123456", "OTP=[removed]"),
        ("my password: hunter2 ok", "my password: [removed] ok"),
        ("password is hunter2", "password is [removed]"),
        ("pay to DE89 3704 0044 0532 0130 00 now", "pay to [removed] now"),
        ("gb29nwbk60161331926819", "[removed]"),
        ("NO93 8601 1117 947", "[removed]"),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer [removed]"),
        ("t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtYXlhIn0.c2ln&x=1", "t=[removed]&x=1"),
        ("ssn 078-05-1120", "ssn [removed]"),
    ],
)
def test_secret_in_a_text_is_blanked(text: str, shown: str) -> None:
    assert redact(text) == Redacted(value=shown, removed=("",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The digits didn't match twice.",
        "1763718060123 ms, then 1763718060000",
        "2026-11-21 09:41:22.123456+00:00 2026-11-22",
        "Order 20261121-000042 of 1763718060",
        "0195a3c4-7b1e-7c3d-9f42-4242c4242e42",
        "+49 1512 3456789 or 030 901820",
        "4242424242424241",  # fails Luhn
        "10.0.0.1 and 192.168.178.24, 51.5073509,-0.1277583",
        "DE89 is a road; GB12 ABCD",
        "Use the password you chose. Your PIN is on its way.",
        "maya@example.com",
        "error code 50042",
    ],
)
def test_harmless_text_is_unchanged(text: str) -> None:
    assert redact(text) == Redacted(value=text)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "newPassword", "PIN", "pin_code", "cvv", "cvv2", "CVC", "cardCvc", "otp"),
        *("accessToken", "x-auth-token", "client_secret", "card_number", "cardNumber", "CARDNO"),
        *("one-time-code", "IBAN", "apiKey", "Authorization", "pan", "sessionCookie", "passWord"),
    ],
)
def test_secret_names_never_pass_even_if_listed(name: str) -> None:
    listed = ALLOWED | {name, name.lower(), "pin_code", "card_number", "one_time_code"}
    found = redact({"fields": {name: "x", "screen": "pay"}}, allowed=listed)
    assert found == Redacted(value={"fields": {"screen": "pay"}}, removed=(f"/fields/{name}",))
    assert redact({name: {"screen": "pay"}}, allowed=listed).value == {}


def test_only_listed_names_pass() -> None:
    state = {"screen": "pay", "fields": {"cardId": "c1", "mother": "Ada", "shoe_size": 41}}
    found = redact(state)
    assert found.value == {"screen": "pay", "fields": {"cardId": "c1"}}
    assert found.removed == ("/fields/mother", "/fields/shoe_size")
    assert redact(state, ALLOWED | {"shoe_size"}).value["fields"] == {
        "cardId": "c1",
        "shoe_size": 41,
    }


def test_code_of_an_error_passes_but_a_one_time_code_does_not() -> None:
    state = {"errors": [{"code": "DIGITS_MISMATCH"}, {"code": 404}], "fields": {"code": "123456"}}
    found = redact(state)
    assert found.value == {
        "errors": [{"code": "DIGITS_MISMATCH"}, {"code": 404}],
        "fields": {"code": "[removed]"},
    }
    assert found.removed == ("/fields/code",)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "at": st.integers(1_400_000_000_000, 1_999_999_999_999),
    "screen": st.sampled_from(["card.activate", "home", "orders/42", "Überweisung"]),
    "step": st.sampled_from(["ask_digits", "prove_identity"]),
    "tries": st.integers(0, 99),
    "id": st.uuids(version=4).map(str),
    "since": st.datetimes().map(lambda at: at.isoformat() + "Z"),
    "online": st.booleans(),
    "rtt": st.floats(0, 5000, allow_nan=False),
    "query": st.none(),
    "message": st.sampled_from(
        ["That didn't match.", "Please start with +49.", "€2,418.60 on 17.11."]
    ),
}
OBJECTS = st.fixed_dictionaries({}, optional=VALUES)
STATES = st.fixed_dictionaries(
    {
        "screen": VALUES["screen"],
        "fields": OBJECTS,
        "errors": st.lists(st.one_of(OBJECTS, VALUES["message"]), max_size=3),
        "device": OBJECTS,
        "network": OBJECTS,
        "actions": st.lists(
            st.fixed_dictionaries({"at": VALUES["at"], "name": VALUES["step"], "detail": OBJECTS}),
            max_size=5,
        ),
    }
)


@given(state=STATES)
@settings(deadline=None)
def test_harmless_states_are_unchanged(state: dict[str, Any]) -> None:
    before = json.dumps(state)
    assert redact(state) == Redacted(value=state)
    assert json.dumps(state) == before


def test_an_id_stays_and_a_card_beside_it_does_not() -> None:
    id = "2ab1b66e-2704-4231-9549-268400000005"
    digits_alone = "42424242-4242-4242-8242-424242424242"
    text = f"{id} 4242 4242 4242 4242 {digits_alone}"
    assert blank(text) == f"{id} •••• 4242 {digits_alone}"
    assert blank(f"password: {id}") == "password: [removed]"


def test_false_hits_are_rare() -> None:
    chance = random.Random(1)  # noqa: S311 - a corpus, not a key
    hits = sum(
        bool(
            redact(
                {
                    "at": chance.randrange(10**12, 2 * 10**12),
                    "since": chance.randrange(10**15, 2 * 10**15),
                    "order_id": f"{chance.randrange(10**9):09d}-{chance.randrange(10**3):03d}",
                    "id": f"{chance.getrandbits(128):032x}",
                    "rtt": chance.random(),
                    "text": f"Step {chance.randrange(9)} on 2026-11-{chance.randrange(10, 30)}",
                }
            ).removed
        )
        for _ in range(1000)
    )
    assert hits <= 10


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"detail": value}
    return value


def test_depth_has_a_limit() -> None:
    assert redact(nested(DEEPEST)).value == nested(DEEPEST)
    with pytest.raises(TooLarge) as too_large:
        redact(nested(DEEPEST + 1))
    assert too_large.value.place == "/detail" * DEEPEST
    with pytest.raises(TooLarge):
        redact(nested(100_000))


def test_size_has_a_limit_and_the_place_is_named() -> None:
    fits = "x" * (LARGEST - 100)
    assert redact({"note": fits}).value == {"note": fits}
    with pytest.raises(TooLarge) as too_large:
        redact({"fields": {"note": "é" * (LARGEST // 2)}})
    assert too_large.value.place == "/fields/note"
    with pytest.raises(TooLarge) as too_large:
        redact({"errors": ["ab"] * LARGEST})
    assert too_large.value.place == "/errors"


def test_place_of_what_is_too_large_holds_no_card_number() -> None:
    with pytest.raises(TooLarge) as too_large:
        redact({"4242 4242 4242 4242": "x" * LARGEST})
    assert too_large.value.place == "/•••• 4242"


def test_what_is_not_json_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="/note: bytes"):
        redact({"note": b"4242"})


@pytest.mark.parametrize(
    "text",
    [
        "4 " * (LARGEST // 2 - 8),
        "4" * (LARGEST - 8),
        "4242-" * (LARGEST // 5 - 8),
        "DE12" * (LARGEST // 4 - 8),
        "password" * (LARGEST // 8 - 8),
        "eyJ" * (LARGEST // 3 - 8),
        "bearer " * (LARGEST // 7 - 8),
        " " * (LARGEST - 8),
    ],
    ids=lambda text: re.sub(r"(.{8}).*", r"\1", text),
)
def test_no_text_takes_for_ever(text: str) -> None:
    """A limit that quadratic search would miss a hundredfold, and a slow machine would not."""
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 5
