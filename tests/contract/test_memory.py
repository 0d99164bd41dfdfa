"""The store in memory lives by the clock that it is given."""

from datetime import timedelta

from app.ids import new_id
from app.store.memory import MemoryStore
from tests.contract.people import NOON, agent, customer, said


async def test_its_clock_is_the_one_it_was_given() -> None:
    now = NOON
    store = MemoryStore(on_commit=lambda topics: None, clock=lambda: now)
    maya, ana = await customer(store), await agent(store)
    async with store.write() as work:
        assert await work.now() == NOON
        await work.agents.reachable_until(ana.id, new_id(), NOON + timedelta(seconds=10))
    now = NOON + timedelta(hours=1)
    async with store.write() as work:
        assert await work.now() == now
        assert (await work.timeline.append(maya.conversation_id, said("late"))).at == now
        (load,) = await work.agents.workloads(await work.now())
    assert not load.reachable
