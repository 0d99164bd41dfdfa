"""What is an order, where is it, and what can be done when it does not come?"""

from datetime import date, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace


class OrderState(StrEnum):
    PACKED = "packed"
    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    LOST = "lost"


class Remedy(StrEnum):
    RESEND = "resend"
    REFUND = "refund"


class NoRemedy(Exception):
    """The order is neither late nor lost, or another remedy was chosen before."""


LATE_DAYS = 3
"""From so many days on something is done about it."""

WAY = ("Ordered", "Packed", "On its way", "Delivered")
DONE = {OrderState.PACKED: 2, OrderState.ON_ITS_WAY: 3, OrderState.LOST: 3, OrderState.DELIVERED: 4}
"""How many of them are done in each state."""


class TrackEvent(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    at: date
    done: bool


class Order(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str
    """As it stands in the mail: two letters, eight digits."""
    customer: str
    name: str
    state: OrderState
    ordered_days_ago: int
    """Before the day that the customer looks: an example that never grows old."""
    due_in_days: int
    """From that day on; below zero it should have been there."""
    remedy: Remedy | None = None

    def late_days(self) -> int:
        return 0 if self.state is OrderState.DELIVERED else max(0, -self.due_in_days)

    def is_open(self) -> bool:
        """What has come, or was paid back, is nothing to wait for."""
        return self.state is not OrderState.DELIVERED and self.remedy is not Remedy.REFUND

    def events_on(self, today: date) -> list[TrackEvent]:
        """Its way so far and from here, evenly from the day of the order to the promised one."""
        first = today - timedelta(days=self.ordered_days_ago)
        days = self.ordered_days_ago + self.due_in_days
        return [
            TrackEvent(
                title=title,
                at=first + timedelta(days=days * index // (len(WAY) - 1)),
                done=index < DONE[self.state],
            )
            for index, title in enumerate(WAY)
        ]

    def summary(self, today: date) -> str:
        """Where it is, in a sentence."""
        done = [event for event in self.events_on(today) if event.done]
        promised = today + timedelta(days=self.due_in_days)
        return f"{self.name}: {done[-1].title.lower()}. Promised for {promised:%d.%m.%Y}."

    def remedied(self, kind: Remedy) -> "Order":
        """The order afterwards. Raises NoRemedy."""
        if self.remedy not in {None, kind}:
            raise NoRemedy(f"{self.remedy} was chosen before")
        if self.state is not OrderState.LOST and self.late_days() < LATE_DAYS:
            raise NoRemedy("it is not late")
        return replace(self, remedy=kind)
