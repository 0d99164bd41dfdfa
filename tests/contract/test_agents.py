"""Agents: intent survives, reachability is a lease, load is counted from the rows."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotFound
from app.conversation.interaction import Channel, Event, Interaction
from app.conversation.people import Agent, Capacity, Intent, Workload
from app.conversation.routing import assign
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import NOON, accepted, agent, asked, customers, ended, offered

MINUTE = timedelta(minutes=1)


async def _get(store: Store, one: Agent) -> Agent:
    async with store.read() as work:
        return await work.agents.get(one.id)


async def _save(store: Store, interaction: Interaction) -> Interaction:
    async with store.write() as work:
        return await work.interactions.save(interaction)


async def _workloads(store: Store, now: datetime = NOON) -> list[Workload]:
    async with store.read() as work:
        return list(await work.agents.workloads(now))


async def _now(store: Store) -> datetime:
    async with store.read() as work:
        return await work.now()


async def test_an_agent_comes_back_as_added(store: Store) -> None:
    ana = await agent(
        store,
        roles=("agent", "lead"),
        capacity=Capacity(calls=2, texts=7),
        skills={"fraud": 3, "loans": 1},
        languages=("de", "en"),
    )
    assert await _get(store, ana) == ana
    async with store.read() as work:
        assert await work.agents.by_email("ANA@bank.example") == ana
        assert await work.agents.by_email("nobody@bank.example") is None


async def test_the_same_email_replaces_all_but_id_and_intent(store: Store) -> None:
    ana = await agent(store)
    async with store.write() as work:
        await work.agents.set_intent(ana.id, Intent.AVAILABLE, NOON)
    new = replace(
        ana,
        id=new_id(),
        email="Ana@Bank.example",
        name="Ana B.",
        password_hash="$new",
        queues=("loans", "cards"),
        roles=("lead",),
        capacity=Capacity(calls=3, texts=1),
        skills={"fraud": 5},
        languages=("ar",),
    )
    async with store.write() as work:
        await work.agents.add(new)
    expected = replace(new, id=ana.id, email=ana.email, intent=Intent.AVAILABLE, intent_since=NOON)
    assert await _get(store, ana) == expected
    assert len(await _workloads(store)) == 1


async def test_intent_is_kept_with_its_time(store: Store) -> None:
    ana = await agent(store)
    async with store.write() as work:
        await work.agents.set_intent(ana.id, Intent.BREAK, NOON)
    assert await _get(store, ana) == replace(ana, intent=Intent.BREAK, intent_since=NOON)


async def test_a_stranger_is_not_found(store: Store) -> None:
    stranger = Agent(id=new_id(), email="x", name="x", password_hash="x", queues=())
    with pytest.raises(NotFound, match="no such agent"):
        await _get(store, stranger)
    async with store.write() as work:
        with pytest.raises(NotFound, match="no such agent"):
            await work.agents.set_intent(stranger.id, Intent.AVAILABLE, NOON)


async def test_an_agent_is_reachable_while_one_lease_lasts(store: Store) -> None:
    """RocketChat#12278: whoever was online when the server was killed remained it."""
    ana, now = await agent(store), await _now(store)
    desk, laptop = new_id(), new_id()

    async def reachable(at: timedelta = timedelta()) -> bool:
        return (await _workloads(store, now + at))[0].reachable

    async def lease(device: UUID, until: timedelta) -> bool:
        async with store.write() as work:
            return await work.agents.reachable_until(ana.id, device, now + until)

    assert not await reachable()
    assert await lease(desk, MINUTE)
    assert await reachable()
    assert not await reachable(MINUTE)
    assert not await lease(laptop, 2 * MINUTE)
    assert not await lease(desk, -MINUTE)
    assert await reachable(MINUTE)
    assert not await lease(laptop, 5 * MINUTE)
    assert await reachable(4 * MINUTE)
    assert await lease(laptop, -MINUTE)
    assert not await reachable()


async def test_workloads_count_what_each_has_in_hand(store: Store) -> None:
    ben, ana = await agent(store, "Ben"), await agent(store, "Ana")
    text, voice, video, wrap_up, declined = [
        await asked(store, who, channel=channel)
        for who, channel in zip(
            await customers(store, 5),
            [Channel.TEXT, Channel.VOICE, Channel.VIDEO, Channel.TEXT, Channel.TEXT],
            strict=True,
        )
    ]
    await _save(store, offered(text, ana.id))
    await _save(store, accepted(await _save(store, offered(voice, ana.id))))
    await _save(store, offered(video, ben.id))
    live = await _save(store, accepted(await _save(store, offered(wrap_up, ana.id))))
    await _save(store, ended(live, NOON, NOON + MINUTE))
    back = await _save(store, offered(declined, ben.id))
    await _save(store, replace(back.after(Event.DECLINE), offer=None))
    found = [(load.agent.name, load.calls, load.texts) for load in await _workloads(store)]
    assert found == [("Ana", 1, 2), ("Ben", 1, 0)]


async def test_dispatchers_at_once_never_go_beyond_capacity(store: Store) -> None:
    """RocketChat#37776: three servers gave an agent who takes three a fourth."""
    agents = [await agent(store, name, capacity=Capacity(calls=1, texts=3)) for name in "ABC"]
    now = await _now(store)
    for one in agents:
        async with store.write() as work:
            await work.agents.set_intent(one.id, Intent.AVAILABLE, now)
            await work.agents.reachable_until(one.id, new_id(), now + MINUTE)
    for who in await customers(store, 20):
        await asked(store, who)

    async def dispatch() -> None:
        async with store.write() as work:
            waiting = await work.interactions.claim_queued(4, {}, NOON)
            loads = await work.agents.workloads(now, lock=True)
            await asyncio.sleep(0.005)
            for match in assign(waiting, loads, {}, now):
                await work.interactions.save(offered(match.interaction, match.agent_id))

    await asyncio.gather(*(dispatch() for _ in range(8)))
    assert [load.texts for load in await _workloads(store)] == [3, 3, 3]
