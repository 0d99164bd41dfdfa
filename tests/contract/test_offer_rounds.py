"""Rounds of offers in several processes at once: is everybody still served in their order?"""

import asyncio
from datetime import timedelta

from msgspec.structs import replace

from app.conversation.interaction import Event, State
from app.conversation.people import Capacity, Intent
from app.ids import new_id
from app.queue import offer_round
from app.store.engine import open_database
from app.store.sql import SqlStore
from app.store.work import Store
from tests.contract.people import accepted, agent, asked, customers, offered

MINUTE = timedelta(minutes=1)


async def test_nobody_is_overtaken_while_another_process_holds_them(
    migrated_postgres_url: str,
) -> None:
    store = SqlStore(open_database(migrated_postgres_url), lambda topics: None)
    try:
        await _overtaken_by_nobody(store)
    finally:
        await store.close()


async def _overtaken_by_nobody(store: Store) -> None:
    busy, first, second = await customers(store, 3)
    ana = await agent(store, capacity=Capacity(texts=1))
    async with store.write() as work:
        now = await work.now()
        await work.agents.set_intent(ana.id, Intent.AVAILABLE, now)
        await work.agents.reachable_until(ana.id, new_id(), now + MINUTE)
    live = accepted(offered(await asked(store, busy), ana.id))
    async with store.write() as work:
        live = await work.interactions.save(live)
    waits = await asked(store, first, enqueued_at=now)
    async with store.write() as another_process:
        await another_process.agents.workloads(now, lock=True)
        await another_process.interactions.claim_queued(10, {}, now)
        comes_later = await asked(store, second, enqueued_at=now + MINUTE)
        ours = asyncio.create_task(offer_round(store))
        await asyncio.sleep(0.2)
        over = replace(live.after(Event.END).after(Event.DISPOSE), ended_at=now)
        async with store.write() as work:
            await work.interactions.save(over)  # now Ana is free
    assert await ours == 1
    async with store.read() as work:
        states = [(await work.interactions.get(one.id)).state for one in (waits, comes_later)]
    assert states == [State.OFFERED, State.QUEUED]
