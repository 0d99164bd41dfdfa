"""How far each side has come: it only grows, whoever writes it in which order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app import topics
from app.conversation.marks import Mark
from app.conversation.people import Customer
from app.conversation.reading import read_up_to
from app.conversation.timeline import Audience, Viewer
from app.marks import Marks
from app.store.away import DatabaseAway
from app.store.work import Store
from tests.contract.people import NOON, customer, customers, said
from tests.contract.test_messages import Faulty


def mark(who: Customer, side: Viewer = Viewer.CUSTOMER, **fields: Any) -> Mark:
    return Mark(conversation_id=who.conversation_id, side=side, **fields)


async def raised(store: Store, *marks: Mark) -> None:
    async with store.write() as work:
        await work.marks.raise_to(marks)


async def talked(store: Store, who: Customer, *texts: str, **fields: Any) -> None:
    async with store.write() as work:
        for text in texts:
            await work.timeline.append(who.conversation_id, said(text, **fields))


async def known(store: Store, *people: Customer) -> list[Mark]:
    async with store.read() as work:
        found = await work.marks.of([who.conversation_id for who in people])
    return sorted(found, key=lambda one: (one.conversation_id, one.side))


async def test_marks_only_grow(store: Store) -> None:
    maya = await customer(store)
    assert await known(store, maya) == []
    await raised(store, mark(maya, delivered=3))
    await raised(store, mark(maya, seen=2, seen_at=NOON))
    later = NOON + timedelta(minutes=1)
    await raised(store, mark(maya, delivered=1, seen=1, seen_at=later))
    assert await known(store, maya) == [mark(maya, delivered=3, seen=2, seen_at=NOON)]
    await raised(store, mark(maya, seen=9, seen_at=later))
    assert await known(store, maya) == [mark(maya, delivered=9, seen=9, seen_at=later)]


async def test_each_side_of_each_conversation_has_its_own(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    all_four = [
        mark(who, side, delivered=at, seen=0)
        for at, (who, side) in enumerate([(w, s) for w in (maya, jonas) for s in Viewer], 1)
    ]
    await raised(store, *reversed(all_four))
    await raised(store)
    expected = sorted(all_four, key=lambda one: (one.conversation_id, one.side))
    assert await known(store, maya, jonas) == expected
    his = jonas.conversation_id
    assert await known(store, jonas) == [o for o in expected if o.conversation_id == his]


NUMBERS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1)


@given(NUMBERS)
def test_the_order_of_marks_does_not_matter(numbers: list[tuple[int, int]]) -> None:
    marks = [
        Mark(
            conversation_id=UUID(int=0),
            side=Viewer.AGENT,
            delivered=d,
            seen=s,
            seen_at=NOON + timedelta(s),
        )
        for d, s in numbers
    ]
    there, back = marks[0], marks[-1]
    for one in marks:
        there = there.raised(one)
    for one in reversed(marks):
        back = back.raised(one)
    assert there == back
    assert there.delivered >= there.seen == max(s for _, s in numbers)


async def test_what_the_customer_cannot_see_moves_nothing(
    store: Store, rung: list[set[str]]
) -> None:
    """1,000 internal notes hint at nothing: not by a number, and not by a bell."""
    maya = await customer(store)
    await talked(store, maya, "hello", "anybody?")
    await talked(store, maya, *["among us"] * 3, audience=Audience.AGENTS)
    ana = mark(maya, Viewer.AGENT, delivered=5, seen=5)
    for expected in ([{topics.marks(maya.conversation_id)}], []):
        rung.clear()
        async with store.write() as work:
            await read_up_to(work, [ana])
        assert rung == expected
    [stored] = await known(store, maya)
    assert (stored.delivered, stored.seen) == (2, 2)


async def test_many_marks_are_one_transaction_and_one_bell(
    store: Store, rung: list[set[str]]
) -> None:
    maya, jonas = await customers(store, 2)
    await talked(store, maya, *["hello"] * 49)
    await talked(store, jonas, *["hello"] * 49)
    rung.clear()
    faulty = Faulty(store)
    marks = Marks(faulty)
    for upto in range(50):
        marks.put(mark(maya, delivered=upto))
        marks.put(mark(jonas, Viewer.AGENT, seen=upto))
    async with writing(marks):
        while not rung:
            await asyncio.sleep(0.01)
    assert faulty.writes == 1
    assert rung == [{topics.marks(one.conversation_id) for one in (maya, jonas)}]
    found = {one.side: one for one in await known(store, maya, jonas)}
    assert found[Viewer.CUSTOMER].delivered == 49
    assert (found[Viewer.AGENT].seen, found[Viewer.AGENT].delivered) == (49, 49)
    assert found[Viewer.AGENT].seen_at is not None
    assert found[Viewer.CUSTOMER].seen_at is None


async def test_marks_wait_for_a_database_that_is_away(store: Store) -> None:
    maya = await customer(store)
    await talked(store, maya, *["hello"] * 4)
    faulty = Faulty(store)
    faulty.after = [DatabaseAway()]
    marks = Marks(faulty)
    marks.put(mark(maya, seen=4))
    async with writing(marks):
        while faulty.writes < 2:
            await asyncio.sleep(0.01)
    assert [one.seen for one in await known(store, maya)] == [4]


@asynccontextmanager
async def writing(marks: Marks) -> AsyncIterator[None]:
    task = asyncio.create_task(marks.write())
    try:
        async with asyncio.timeout(5):
            yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
