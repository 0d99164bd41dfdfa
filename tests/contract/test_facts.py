"""Facts: the newest of each key, once verified and once claimed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from app.conversation import repeats
from app.conversation.facts import AskedAgain, Fact, Trust
from app.conversation.people import Customer
from app.conversation.timeline import SYSTEM, Viewer
from app.store.work import Store
from tests.contract.people import NOON, customer, said


def fact(who: Customer, key: str = "phone", **fields: Any) -> Fact:
    known: dict[str, Any] = {
        "customer_id": who.id,
        "key": key,
        "trust": Trust.CLAIMED,
        "value": "0151 ☎",
        "source": "Activate card",
        "channel": "app",
        "at": NOON,
    }
    return Fact(**{**known, **fields})


async def put(store: Store, *facts: Fact) -> None:
    async with store.write() as work:
        await work.facts.put(facts)


async def test_facts_come_back_by_key_verified_ones_first(store: Store) -> None:
    maya, jonas = await customer(store), await customer(store, "jonas")
    claimed, verified = fact(maya), fact(maya, trust=Trust.VERIFIED, value="0160")
    limit, gold = fact(maya, "limit", value=12.5), fact(maya, "gold", value=True)
    sealed = fact(maya, "pin", value=None, sealed="gAAAA")
    await put(store, claimed, verified, limit, gold, sealed, fact(jonas, value="another's"))
    async with store.read() as work:
        assert await work.facts.of(maya.id) == [gold, limit, verified, claimed, sealed]


async def test_the_newest_stays_in_whichever_order_they_come(store: Store) -> None:
    maya = await customer(store)
    newer = fact(maya, value="new", at=NOON + timedelta(days=1), source="Ask-card")
    await put(store, fact(maya), newer)
    await put(store, fact(maya, value="late"))
    async with store.read() as work:
        assert await work.facts.of(maya.id) == [newer]


async def asked_in_vain(store: Store, of: Fact, who: Customer, by: str = "flow") -> datetime:
    async with store.write() as work:
        await repeats.count(work, who.conversation_id, of, SYSTEM, by)
        await work.timeline.append(who.conversation_id, said("this is no question"))
    await asyncio.sleep(0.01)  # the next one is later by any clock
    async with store.read() as work:
        events = await work.timeline.after(who.conversation_id, 0, Viewer.AGENT, 100)
    return max(one.at for one in events if one.kind == repeats.KIND)


async def asked_again(store: Store, since: datetime) -> list[AskedAgain]:
    async with store.read() as work:
        return list(await work.facts.asked_again(since))


async def test_repeated_questions_are_counted_by_key_asker_and_source(store: Store) -> None:
    maya, jonas = await customer(store), await customer(store, "jonas")
    phone, token = fact(maya), fact(maya, "segment", source="Signed token")
    first = await asked_in_vain(store, phone, maya)
    agents = await asked_in_vain(store, phone, maya, "agent")
    verified = await asked_in_vain(store, token, maya)
    second = await asked_in_vain(store, fact(jonas), jonas)
    by_flow = AskedAgain(key="phone", by="flow", source="Activate card", count=2, latest_at=second)
    by_agent = AskedAgain(
        key="phone", by="agent", source="Activate card", count=1, latest_at=agents
    )
    of_token = AskedAgain(
        key="segment", by="flow", source="Signed token", count=1, latest_at=verified
    )
    assert await asked_again(store, first) == [by_flow, of_token, by_agent]
    later = first + timedelta(microseconds=1)
    counts = [(one.source, one.by, one.count) for one in await asked_again(store, later)]
    assert counts == [
        ("Activate card", "flow", 1),
        ("Signed token", "flow", 1),
        ("Activate card", "agent", 1),
    ]
    assert await asked_again(store, second + timedelta(microseconds=1)) == []
