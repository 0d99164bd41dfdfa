"""Facts: the newest of each key, once verified and once claimed."""

from datetime import timedelta
from typing import Any

from app.conversation.facts import Fact, Trust
from app.conversation.people import Customer
from app.store.work import Store
from tests.contract.people import NOON, customer


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
