"""Queues: kept with all their rules, replaced by name."""

from datetime import date

from app.conversation.queues import Holiday, Hours, Overflow, Queue, Span, Weekday
from app.store.work import Store

CARDS = Queue(
    name="cards",
    languages=("de", "en"),
    skills={"fraud": 3},
    priority=2,
    ageing=0.5,
    hours=Hours(
        zone="Europe/Berlin",
        week={Weekday.MON: (Span(540, 720), Span(780, 1440)), Weekday.SUN: ()},
        holidays=(Holiday(day=date(2026, 12, 24), spans=(Span(540, 720),), name="Christmas Eve"),),
    ),
    overflow=Overflow(queue="general", after_s=90),
    reserved=1,
    reserved_share=0.1,
    owner_s=30,
    offer_ttl_s=25,
)


async def _all(store: Store) -> dict[str, Queue]:
    async with store.read() as work:
        return await work.queues.all()


async def _put(store: Store, *queues: Queue) -> None:
    async with store.write() as work:
        for queue in queues:
            await work.queues.put(queue)


async def test_at_first_there_is_none(store: Store) -> None:
    assert await _all(store) == {}


async def test_every_rule_comes_back(store: Store) -> None:
    await _put(store, Queue(name="general"), CARDS)
    found = await _all(store)
    assert found == {"cards": CARDS, "general": Queue(name="general")}
    assert list(found) == ["cards", "general"]


async def test_the_same_name_replaces(store: Store) -> None:
    await _put(store, CARDS)
    await _put(store, Queue(name="cards", priority=1))
    assert await _all(store) == {"cards": Queue(name="cards", priority=1)}
