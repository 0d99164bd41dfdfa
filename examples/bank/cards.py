"""What is a card, and what does activating or freezing it mean?"""

from datetime import date
from enum import StrEnum

import msgspec
from msgspec.structs import replace


class CardState(StrEnum):
    SENT = "sent"
    ACTIVE = "active"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    """By the customer, who can have it thawed."""
    EXPIRED = "expired"


class Activation(StrEnum):
    OK = "OK"
    DIGITS_MISMATCH = "DIGITS_MISMATCH"
    ALREADY_ACTIVE = "ALREADY_ACTIVE"
    CARD_BLOCKED = "CARD_BLOCKED"
    CARD_EXPIRED = "CARD_EXPIRED"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    customer: str
    label: str
    last4: str
    expiry: str
    """The last month it is valid in, as YYYY-MM."""
    state: CardState
    """As written down; `state_on` also knows the calendar."""
    sent_on: date | None = None

    @property
    def last4_hint(self) -> str:
        """Enough to tell cards apart; not what the customer must read off a card just sent."""
        return f"•••{self.last4[-1]}" if self.state is CardState.SENT else self.last4

    def state_on(self, today: date) -> CardState:
        return CardState.EXPIRED if self.expiry < f"{today:%Y-%m}" else self.state

    def activated(self, last4: str, expiry: str, today: date) -> tuple["Card", Activation]:
        """The card afterwards, and what happened; it changes only with OK."""
        match self.state_on(today):
            case CardState.ACTIVE:
                return self, Activation.ALREADY_ACTIVE
            case CardState.BLOCKED | CardState.FROZEN:
                return self, Activation.CARD_BLOCKED
            case CardState.EXPIRED:
                return self, Activation.CARD_EXPIRED
            case CardState.SENT if (last4, expiry) == (self.last4, self.expiry):
                return replace(self, state=CardState.ACTIVE), Activation.OK
            case CardState.SENT:
                return self, Activation.DIGITS_MISMATCH

    def frozen(self, today: date) -> "Card":
        """The card afterwards: one that could be paid with cannot any more."""
        if self.state_on(today) in {CardState.SENT, CardState.ACTIVE}:
            return replace(self, state=CardState.FROZEN)
        return self
