"""Who talks while the server is tormented? Both sides of some conversations, and what they know."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tests.chaos.checker import Conversation
from tests.chaos.lives import Lives
from tests.chaos.page import Page
from tests.chaos.people import Seat
from tests.chaos.phone import Phone
from tests.chaos.stored import Stored

LOOK_AGAIN_S = 0.001


class Crowd:
    """All pages, told together how much they may say."""

    def __init__(
        self,
        seats: list[Seat],
        ports: Sequence[int],
        lives: Lives,
        rng: random.Random,
        phones: Sequence[Phone] = (),
    ) -> None:
        """Customers' pages are at the first of the ports, agents' at the last.

        Phones are killed themselves, so nobody waits for them after a kill of the server.
        """
        self.lives = lives
        self.phones = phones
        taken = {phone.seat.name for phone in phones}
        pages = [
            Page(seat, ports[-1] if seat.agent else ports[0], lives, rng)
            for seat in seats
            if seat.name not in taken
        ]
        self.pages: list[Page | Phone] = [*phones, *pages]

    def allow(self, messages: int) -> None:
        """So many messages in all, split evenly; each page begins its share as the window lets."""
        for page in self.pages:
            page.allow(messages // len(self.pages))

    @property
    def acked(self) -> int:
        return sum(len(page.outbox.acks) for page in self.pages)

    def settled(self) -> bool:
        """All that was allowed is acknowledged, and both sides of each conversation read it."""
        ends: dict[str, set[int]] = {}
        for page in self.pages:
            ends.setdefault(page.seat.conversation_id, set()).add(page.view.cursor)
        return all(page.outbox.settled for page in self.pages) and all(
            len(cursors) == 1 for cursors in ends.values()
        )

    def all_here(self) -> bool:
        return self.lives.here == len(self.pages) - len(self.phones)

    def said(self) -> Counter[str]:
        return sum((page.said for page in self.pages), Counter[str]())

    def known_again(self) -> int:
        """Events that came to pages which had read them."""
        return sum(page.view.known for page in self.pages)

    def conversations(self, stored: Stored) -> list[Conversation]:
        """What is known of each, for the judge."""
        return [
            _known([page for page in self.pages if page.seat.conversation_id == id], stored, id)
            for id in stored.heads
        ]


def _known(pages: list[Page | Phone], stored: Stored, id: str) -> Conversation:
    sent = {cmid: one.text for page in pages for cmid, one in page.outbox.sent.items()}
    return Conversation(
        head=stored.heads[id],
        rows=stored.rows[id],
        views={page.seat.name: page.view.lines for page in pages},
        sent=sent,
        acks=[ack for page in pages for ack in page.outbox.acks],
    )


async def until(look: Callable[[], bool], within_s: float) -> bool:
    """Whether it became true in time."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + within_s
    while not look():
        if clock() > deadline:
            return False
        await asyncio.sleep(LOOK_AGAIN_S)
    return True


@asynccontextmanager
async def talking(
    seats: list[Seat],
    ports: Sequence[int],
    lives: Lives,
    rng: random.Random,
    phones: Sequence[Phone] = (),
) -> AsyncIterator[Crowd]:
    """Their pages are open, over any number of reconnects, until the block ends."""
    crowd = Crowd(seats, ports, lives, rng, phones)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(page.run()) for page in crowd.pages]
        yield crowd
        for task in running:
            task.cancel()
