"""What activating a card of the example bank does, in every state."""

from datetime import date

import pytest
from msgspec.structs import replace

from examples.bank.cards import Activation, Card, CardState
from examples.bank.people import CARDS, PEOPLE

TODAY = date(2026, 11, 21)
CARD = Card(
    id="maya-debit",
    customer="maya",
    label="Debit card",
    last4="4417",
    expiry="2030-11",
    state=CardState.SENT,
)


@pytest.mark.parametrize(
    ("state", "last4", "expiry", "today", "expected"),
    [
        (CardState.SENT, "4417", "2030-11", TODAY, Activation.OK),
        (CardState.SENT, "4417", "2030-11", date(2030, 11, 30), Activation.OK),
        (CardState.SENT, "4417", "2030-11", date(2030, 12, 1), Activation.CARD_EXPIRED),
        (CardState.SENT, "4471", "2030-11", TODAY, Activation.DIGITS_MISMATCH),
        (CardState.SENT, "4417", "2030-12", TODAY, Activation.DIGITS_MISMATCH),
        (CardState.SENT, "", "", TODAY, Activation.DIGITS_MISMATCH),
        (CardState.ACTIVE, "4417", "2030-11", TODAY, Activation.ALREADY_ACTIVE),
        (CardState.BLOCKED, "4417", "2030-11", TODAY, Activation.CARD_BLOCKED),
        (CardState.EXPIRED, "4417", "2030-11", TODAY, Activation.CARD_EXPIRED),
    ],
)
def test_activation(
    state: CardState, last4: str, expiry: str, today: date, expected: Activation
) -> None:
    card = replace(CARD, state=state)
    afterwards, what_happened = card.activated(last4, expiry, today)
    assert what_happened is expected
    if expected is Activation.OK:
        assert afterwards == replace(card, state=CardState.ACTIVE)
    else:
        assert afterwards is card


def test_hint_hides_what_the_customer_must_read_off_a_new_card() -> None:
    assert CARD.last4_hint == "•••7"
    assert replace(CARD, state=CardState.ACTIVE).last4_hint == "4417"


def test_first_day_has_every_state_and_no_card_without_a_customer() -> None:
    assert {card.state_on(TODAY) for card in CARDS} == set(CardState)
    assert {card.customer for card in CARDS} == set(PEOPLE)
    assert len({card.id for card in CARDS}) == len(CARDS)
