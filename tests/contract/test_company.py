"""Applying a company file: shown first, all or nothing, and the second time nothing at all."""

import pytest
from msgspec.structs import replace

from app.auth.password import verify_password
from app.company.apply import ChangedMeanwhile, apply, look, newcomers
from app.company.file import load
from app.conversation.people import Agent, Capacity, Intent
from app.conversation.queues import Queue
from app.demo.agents import PASSWORD, seed
from app.store.work import Store
from tests.contract.people import NOON, agent

FILE = """
queues:
  - {name: cards, priority: 2, skills: {fraud: 3}}
  - {name: general}
agents:
  - {email: Ana@bank.example, name: Ana B., queues: [cards, general], skills: {fraud: 4}}
  - {email: ben@bank.example, name: Ben, queues: [general], capacity: {calls: 0, texts: 6}}
"""
COMPANY = load(FILE)
PASSWORDS = {"ben@bank.example": "a first password"}


async def _by_email(store: Store, email: str) -> Agent:
    async with store.read() as work:
        found = await work.agents.by_email(email)
    assert found is not None
    return found


async def test_what_would_change_is_told_line_by_line(store: Store) -> None:
    await agent(store, "Ana")
    await agent(store, "Zoe")
    shown = await look(store, COMPANY)
    assert shown.lines == (
        "+ queue cards",
        "    skills: {fraud: 3}",
        "    priority: 2",
        "+ queue general",
        "~ agent ana@bank.example",
        "    name: Ana -> Ana B.",
        "    queues: cards -> cards, general",
        "    skills: none -> {fraud: 4}",
        "+ agent ben@bank.example",
        "    name: Ben",
        "    queues: general",
        "    capacity: {calls: 0, texts: 6}",
    )
    assert shown.left_alone == ("agent zoe@bank.example",)
    assert newcomers(shown) == ["ben@bank.example"]
    async with store.read() as work:
        assert await work.queues.all() == {}


async def test_applied_it_is_as_the_file_says_and_the_rest_stays(store: Store) -> None:
    ana = await agent(store, "Ana")
    async with store.write() as work:
        await work.agents.set_intent(ana.id, Intent.BREAK, NOON)
    await apply(store, COMPANY, await look(store, COMPANY), PASSWORDS)
    assert await _by_email(store, "ana@bank.example") == replace(
        ana,
        name="Ana B.",
        queues=("cards", "general"),
        skills={"fraud": 4},
        intent=Intent.BREAK,
        intent_since=NOON,
    )
    ben = await _by_email(store, "ben@bank.example")
    assert ben.capacity == Capacity(calls=0, texts=6)
    assert await verify_password("a first password", ben.password_hash)
    async with store.read() as work:
        assert (await work.queues.all())["cards"] == Queue(
            name="cards", priority=2, skills={"fraud": 3}
        )


async def test_the_second_time_there_is_nothing_to_do(store: Store) -> None:
    await apply(store, COMPANY, await look(store, COMPANY), PASSWORDS | {"ana@bank.example": "x"})
    again = await look(store, COMPANY)
    assert (again.lines, again.queues, again.agents, again.left_alone) == ((), (), (), ())


async def test_what_was_not_shown_is_not_written(store: Store) -> None:
    shown = await look(store, COMPANY)
    async with store.write() as work:
        await work.queues.put(Queue(name="cards", priority=9))
    with pytest.raises(ChangedMeanwhile):
        await apply(store, COMPANY, shown, PASSWORDS | {"ana@bank.example": "x"})
    async with store.read() as work:
        assert await work.queues.all() == {"cards": Queue(name="cards", priority=9)}
        assert await work.agents.by_email("ben@bank.example") is None


async def test_the_demo_has_its_people_from_the_banks_file(store: Store) -> None:
    await seed(store)
    ines = await _by_email(store, "ines@bank.example")
    assert (ines.name, ines.queues) == ("Ines Duarte", ("cards", "general"))
    assert await verify_password(PASSWORD, ines.password_hash)
    await seed(store)
    assert await _by_email(store, "ines@bank.example") == ines


async def test_one_that_cannot_be_written_leaves_nothing(store: Store) -> None:
    shown = await look(store, COMPANY)
    with pytest.raises(KeyError):
        await apply(store, COMPANY, shown, {})
    async with store.read() as work:
        assert await work.queues.all() == {}
