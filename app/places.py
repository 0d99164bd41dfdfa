"""The place and the wait of those who have a page open here: told when they change, from one read.

A `me` snapshot for each of a thousand who wait, whenever one of them is answered, would cost a
hundred thousand rows. So each process looks at the whole line once a second, and sends a small
frame to those of its own pages for whom something changed that matters.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app import attendance, topics
from app.bus.memory import Bus
from app.conversation.waiting import Wait
from app.standing import Prospects, Standing, standings
from app.store.work import Store

FAR = 0.05
"""Far back in the line a place more or less is no news: what counts is a twentieth of it."""

LONGER = 0.2
"""So much longer or shorter a wait must become to be told anew."""


class Place(Struct, frozen=True, kw_only=True):
    """Where somebody stands in line."""

    interaction_id: UUID
    place: int
    wait: Wait | None
    nobody_there: bool
    now: datetime


class Shown(Struct, frozen=True, kw_only=True):
    """What somebody's page shows. The wait is not known where a snapshot told it."""

    interaction_id: UUID
    place: int
    nobody_there: bool
    expected_s: float | None = None


class Places:
    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._shown: dict[UUID, Shown] = {}
        self._places: dict[UUID, Place] = {}

    async def look(self) -> None:
        """Once a second: who is told that nobody is there, and whose page shows another place?"""
        async with self._store.read() as work:
            line = await standings(work)
            here = [one for one in line if self._is_here(one)]
            prospects = Prospects(work)
            now = await work.now() if here else None
            self._forget(here)
            for standing in here:
                if now is not None:
                    await self._compare(standing, prospects, now)
        self._bus.ring_here(topics.place(customer) for customer in self._places)
        await attendance.tell(self._store, line)

    def of(self, customer_id: UUID) -> Place | None:
        """The newest place that this customer's pages were to be told."""
        return self._places.get(customer_id)

    def shown(self, customer_id: UUID, shown: Shown | None) -> None:
        """A snapshot was sent: what it said is what the page shows; None where nobody waits."""
        if shown is None:
            self._shown.pop(customer_id, None)
        else:
            self._shown[customer_id] = shown

    def _is_here(self, standing: Standing) -> bool:
        return self._bus.listens(topics.place(standing.interaction.customer_id))

    def _forget(self, here: Iterable[Standing]) -> None:
        waiting = {one.interaction.customer_id for one in here}
        self._shown = {id: shown for id, shown in self._shown.items() if id in waiting}
        self._places = {}

    async def _compare(self, standing: Standing, prospects: Prospects, now: datetime) -> None:
        one = standing.interaction
        shown = self._shown.get(one.customer_id)
        expected = await prospects.expected_s(standing)
        seen = Shown(
            interaction_id=one.id,
            place=standing.place,
            nobody_there=standing.nobody_there,
            expected_s=expected,
        )
        if shown is not None and not _is_news(shown, seen):
            if shown.expected_s is None:
                self._shown[one.customer_id] = seen
            return
        self._shown[one.customer_id] = seen
        self._places[one.customer_id] = Place(
            interaction_id=one.id,
            place=standing.place,
            wait=await prospects.wait(standing),
            nobody_there=standing.nobody_there,
            now=now,
        )


def _is_news(shown: Shown, seen: Shown) -> bool:
    if (shown.interaction_id, shown.nobody_there) != (seen.interaction_id, seen.nobody_there):
        return True
    if abs(seen.place - shown.place) > FAR * shown.place:
        return True
    if shown.expected_s is None or seen.expected_s is None:
        return False
    return abs(seen.expected_s - shown.expected_s) > LONGER * shown.expected_s
