"""A new version of a flow goes live while customers are in the middle of the old one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from app.catalogue import Catalogue
from app.publishing import Plan, Policy, Publishing
from app.runs.log import RunLog
from selfservice import events
from selfservice.definition import Definition, load
from selfservice.state import State
from selfservice.texts import Catalogues
from selfservice.versions import fold_any
from tests.api.alone import company_alone
from tests.api.company import Company, More, SignedInCustomer

TEA = """
flow: tea
title: Tea
start: kind
on: {help: {queue: cards, reason: tea}, cancel: {goto: left}}
steps:
  kind: {choice: Kind, options: [green, black], next: grams}
  grams: {form: Grams, fields: {grams: {type: number, label: Grams}}, next: milk}
  milk: {choice: Milk, options: [yes, no], next: done}
  done: {end: solved}
  left: {end: abandoned}
"""
WORDS = TEA.replace("choice: Milk", "choice: With milk")
NO_GREEN = TEA.replace("[green, black]", "[white, black]")


@pytest_asyncio.fixture
async def company() -> AsyncIterator[Company]:
    async with company_alone(More(flows={"tea": TEA})) as one:
        yield one


class Held:
    """Three customers in the middle of it, and one who is done."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.catalogue = Catalogue()
        runs = RunLog(self.catalogue, Catalogues(Path()))
        self.publishing = Publishing(company.store, self.catalogue, runs)
        self.customers: dict[str, tuple[SignedInCustomer, Any]] = {}

    async def begin(self) -> None:
        await self.catalogue.refresh(self.company.store)
        answered: dict[str, list[dict[str, Any]]] = {
            "maya": [{"kind": "green"}, {"grams": 20}],
            "jonas": [{"kind": "black"}],
            "amir": [{"kind": "black"}, {"grams": 5}, {"milk": "no"}],
        }
        for name, answers in answered.items():
            who = await self.company.customer(name)
            screen = await who.do("/v1/runs", {"flow": "tea"})
            for values in answers:
                screen = await who.answered(screen, values)
            self.customers[name] = (who, screen)

    async def plan(self, text: str, renames: dict[str, str] | None = None) -> Plan:
        return await self.publishing.plan(load(text, "tea.yaml"), renames or {})

    async def publish(self, text: str, policy: Policy, renames: Any = None) -> int:
        return await self.publishing.publish([(load(text, "tea.yaml"), text)], policy, renames)

    async def screen(self, name: str) -> Any:
        who, screen = self.customers[name]
        return await who.read(f"/v1/runs/{screen['run_id']}")

    async def folds(self, name: str, definition: Definition) -> bool:
        """Whether the state that is stored is the fold of the log that is stored."""
        run_id = UUID(self.customers[name][1]["run_id"])
        async with self.company.store.read() as work:
            row = await work.runs.get(run_id)
            log = (await work.timeline.logs_of([run_id]))[run_id]
        past = [msgspec.json.decode(one, type=events.Event) for one in log]
        return row.hash == definition.version and fold_any(definition, past) == msgspec.json.decode(
            row.state, type=State
        )


@pytest_asyncio.fixture
async def held(company: Company) -> Held:
    one = Held(company)
    await one.begin()
    return one


async def test_the_plan_says_who_is_in_flight_and_where_they_would_land(held: Held) -> None:
    same = await held.plan(TEA)
    assert (same.is_live, same.in_flight, same.migrate, same.elsewhere) == (True, 0, 0, ())
    words = await held.plan(WORDS)
    assert (words.is_live, words.in_flight, words.migrate) == (False, 2, 2)
    assert (words.tried, words.ended_elsewhere) == (1, ())
    other = await held.plan(NO_GREEN)
    assert (other.in_flight, other.migrate) == (2, 1)
    (one,) = other.elsewhere
    assert (one.step, one.lands, one.runs) == ("milk", "kind", 1)
    assert str(one.example) == held.customers["maya"][1]["run_id"]
    longer = await held.plan(
        TEA.replace("no], next: done", "no], next: bye").replace(
            "  done:", "  bye: {say: Bye, next: done}\n  done:"
        )
    )
    assert [(one.step, one.lands) for one in longer.ended_elsewhere] == [("done", "bye")]


async def begun_anew(company: Company) -> list[str]:
    """What somebody new is offered first; they leave again."""
    grace = await company.customer("grace")
    screen = await grace.do("/v1/runs", {"flow": "tea"})
    await grace.do(f"/v1/runs/{screen['run_id']}/cancel")
    return [one["value"] for one in screen["components"][0]["options"]]


async def test_pinned_they_go_on_and_new_ones_begin_anew(held: Held) -> None:
    assert await held.publish(NO_GREEN, Policy.PIN) == 0
    assert (await held.screen("maya"))["title"] == "Milk"
    async with asyncio.timeout(5):  # the server looks every second what is live
        while await begun_anew(held.company) != ["white", "black"]:
            await asyncio.sleep(0.2)
    assert await held.folds("maya", load(TEA, ""))


async def test_migrating_moves_those_who_do_not_notice(held: Held) -> None:
    assert await held.publish(NO_GREEN, Policy.MIGRATE) == 1
    assert await held.folds("jonas", load(NO_GREEN, ""))
    assert await held.folds("maya", load(TEA, ""))
    assert (await held.screen("jonas"))["step"] == "grams"
    assert await held.publish(WORDS, Policy.MIGRATE) == 2
    assert (await held.screen("maya"))["title"] == "With milk"
    who, _ = held.customers["maya"]
    done = await who.answered(await held.screen("maya"), {"milk": "yes"})
    assert done["outcome"] == "solved"
    assert await held.folds("maya", load(WORDS, ""))
    kinds = [one["kind"] for one in await who.events(who.conversation)]
    assert kinds[-2:] == ["flow.migrated", "flow.ended"]


async def test_forced_all_follow_it_under_its_names(held: Held) -> None:
    renamed = NO_GREEN.replace("  grams: {", "  weight: {").replace("next: grams", "next: weight")
    assert await held.publish(renamed, Policy.FORCE, {"grams": "weight"}) == 2
    forced = load(renamed, "")
    assert (await held.screen("maya"))["step"] == "kind"
    assert (await held.screen("jonas"))["step"] == "weight"
    for name in ("maya", "jonas"):
        assert await held.folds(name, forced)
    who, _ = held.customers["maya"]
    assert (await who.answered(await held.screen("maya"), {"kind": "white"}))["step"] == "weight"
    assert await held.folds("maya", forced)


async def test_publishing_the_same_again_moves_nobody(held: Held) -> None:
    assert await held.publish(WORDS, Policy.FORCE) == 2
    assert await held.publish(WORDS, Policy.FORCE) == 0
    assert (await held.plan(WORDS)).is_live


@pytest.mark.parametrize("policy", list(Policy))
async def test_answers_given_meanwhile_are_not_lost(held: Held, policy: Policy) -> None:
    who, screen = held.customers["jonas"]
    answered, _ = await asyncio.gather(
        who.post(
            f"/v1/runs/{screen['run_id']}/answers",
            {"rev": screen["rev"], "step": "grams", "values": {"grams": 7}},
        ),
        held.publish(WORDS, policy),
    )
    assert answered.status_code == 200
    assert (await held.screen("jonas"))["step"] == "milk"
    definition = TEA if policy is Policy.PIN else WORDS
    assert await held.folds("jonas", load(definition, ""))
