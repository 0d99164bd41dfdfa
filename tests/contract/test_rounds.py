"""What the server does by itself with those who wait, on every kind of store."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from app import attendance, topics
from app.calling_back import CallingBack
from app.catalogue import Catalogue
from app.conversation import desk, pausing
from app.conversation.interaction import Interaction, State
from app.conversation.people import Intent
from app.conversation.routing import Match
from app.conversation.timeline import Viewer
from app.help import Help
from app.queue import offer_round
from app.runs.handover import Handover
from app.runs.log import RunLog
from app.standing import standings
from app.store.work import Store, Work
from selfservice.texts import Catalogues
from tests.contract.people import NOON, accepted, agent, asked, customers, offered
from tests.fixtures.errors import errors


async def _look(store: Store) -> None:
    async with store.read() as work:
        line = await standings(work)
    await attendance.tell(store, line)


async def _events(store: Store, one: Interaction) -> list[str]:
    async with store.read() as work:
        found = await work.timeline.after(one.conversation_id, 0, Viewer.CUSTOMER, 100)
        return [event.kind for event in found]


async def _at_work(store: Store, intent: Intent) -> None:
    """One agent, who comes or goes."""
    async with store.write() as work:
        ana = await work.agents.by_email("ana@bank.example")
        assert ana is not None
        await work.agents.set_intent(ana.id, intent, await work.now())
        await work.agents.reachable_until(ana.id, ana.id, NOON.replace(year=9999))


async def test_of_many_who_look_at_once_one_tells(store: Store) -> None:
    await agent(store)
    mine = [await asked(store, who) for who in await customers(store, 120)]
    await asyncio.gather(*(_look(store) for _ in range(4)))
    await _look(store)
    for one in (mine[0], mine[60], mine[119]):
        assert await _events(store, one) == ["interaction.nobody_there"]
    await _at_work(store, Intent.AVAILABLE)
    await asyncio.gather(*(_look(store) for _ in range(4)))
    told = ["interaction.nobody_there", "interaction.somebody_there"]
    for one in (mine[0], mine[60], mine[119]):
        assert await _events(store, one) == told


async def test_who_is_answered_meanwhile_is_told_nothing(store: Store) -> None:
    ana = await agent(store)
    (maya,) = await customers(store, 1)
    one = await asked(store, maya)
    async with store.read() as work:
        line = await standings(work)
    async with store.write() as work:
        offer = await work.interactions.save(offered(one, ana.id))
        await work.interactions.save(accepted(offer))
    await attendance.tell(store, line)
    assert await _events(store, one) == []


async def test_one_that_cannot_be_offered_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agent(store)
    await _at_work(store, Intent.AVAILABLE)
    first, second, third = [await asked(store, who) for who in await customers(store, 3)]
    real = desk.offer

    async def offer(work: Work, matches: Sequence[Match], names: Mapping[UUID, str]) -> None:
        await real(work, matches, names)
        if any(match.interaction.id == first.id for match in matches):
            raise ValueError("a bad row")

    monkeypatch.setattr(desk, "offer", offer)
    with errors() as logged:
        assert await offer_round(store) == 2
    assert [str(first.id) in line for line in logged].count(True) == 1
    wanted = [State.QUEUED, State.OFFERED, State.OFFERED]
    assert await _states(store, first, second, third) == wanted


async def test_one_that_cannot_expire_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await agent(store)
    mine = [await asked(store, who) for who in await customers(store, 3)]
    async with store.write() as work:
        for one in mine:
            await work.interactions.save(offered(one, ana.id))
    real = desk.expire

    async def expire(work: Work, one: Interaction) -> Interaction:
        if one.id == mine[0].id:
            raise ValueError("a bad row")
        return await real(work, one)

    monkeypatch.setattr(desk, "expire", expire)
    with errors() as logged:
        await offer_round(store)
    assert [str(mine[0].id) in line for line in logged].count(True) == 1
    wanted = [State.OFFERED, State.QUEUED, State.QUEUED]
    assert await _states(store, *mine) == wanted


async def test_one_that_cannot_be_reminded_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = {"state": State.PAUSED, "paused_at": NOON, "remind_at": NOON}
    mine = [await asked(store, who, **paused) for who in await customers(store, 3)]
    real = pausing.reminded

    async def reminded(work: Work, one: Interaction) -> None:
        if one.id == mine[1].id:
            raise ValueError("a bad row")
        await real(work, one)

    monkeypatch.setattr(pausing, "reminded", reminded)
    runs = RunLog(Catalogue(), Catalogues(Path()))
    handover = Handover(runs)
    with errors() as logged:
        await CallingBack(store, Help(runs, handover), handover).look()
    assert [str(mine[1].id) in line for line in logged].count(True) == 1
    async with store.read() as work:
        assert [one.id for one in await work.interactions.to_remind(NOON)] == [mine[1].id]


async def test_what_is_offered_and_left_gives_its_room_to_the_next(
    store: Store, rung: list[set[str]]
) -> None:
    ana, (maya, jonas) = await agent(store), await customers(store, 2)
    mine = [await asked(store, who) for who in (maya, jonas)]
    async with store.write() as work:
        await work.interactions.save(offered(mine[0], ana.id))
    for one, who in zip(mine, (maya, jonas), strict=True):
        async with store.write() as work:
            await desk.cancel(work, one.id, who)
    assert [topics.QUEUE in each for each in rung[-2:]] == [True, False]


async def _states(store: Store, *some: Interaction) -> list[State]:
    async with store.read() as work:
        return [(await work.interactions.get(one.id)).state for one in some]
