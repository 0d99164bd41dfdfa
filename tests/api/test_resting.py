"""Going back, coming back, and runs that go on by themselves, over the API."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pytest_asyncio
from msgspec.structs import replace

from selfservice.state import State
from tests.api.alone import company_alone
from tests.api.company import DIGITS, Company, More, SignedInCustomer

REST = """
flow: rest
title: Rest
start: tea
on: {idle: {after: 1s, push: Still there}}
steps:
  tea: {choice: Tea, options: [green, black], next: steep}
  steep:
    wait: {for: 1s, or_event: customer_returns, push: It is ready}
    next:
      - if: results.steep.event == "customer_returns"
        goto: impatient
      - else: cup
  impatient: {say: Not yet, next: cup}
  cup: {say: Here you are, next: done}
  done: {end: solved}
"""
SLOW = REST.replace("flow: rest", "flow: slow").replace("for: 1s", "for: 1h")


@pytest_asyncio.fixture
async def company() -> AsyncIterator[Company]:
    async with company_alone(More(flows={"rest": REST, "slow": SLOW})) as one:
        yield one


async def read_long_ago(company: Company, run: UUID) -> None:
    """As if the run had read from the back end so long ago that it must read again."""
    async with company.store.write() as work:
        row = await work.runs.get(run)
        state = msgspec.json.decode(row.state, type=State)
        at = await company.long_ago()
        old = replace(state, read_at=dict.fromkeys(state.read_at, at))
        await work.runs.save(replace(row, state=msgspec.json.encode(old)))


async def kinds(who: SignedInCustomer) -> list[str]:
    return [one["kind"] for one in await who.events(who.conversation)]


async def until(who: SignedInCustomer, kind: str) -> None:
    async with asyncio.timeout(8):
        while kind not in await kinds(who):
            await asyncio.sleep(0.1)


def path(screen: Any, verb: str) -> str:
    return f"/v1/runs/{screen['run_id']}/{verb}"


async def test_back_to_the_step_before_with_what_was_typed(company: Company) -> None:
    maya = await company.customer("maya")
    screen = await maya.with_code_asked()
    assert screen["can"]["back"]
    back = await maya.do(path(screen, "reopen"), {"rev": screen["rev"]})
    assert (back["step"], back["can"]["back"]) == ("ask_digits", False)
    assert [(one["id"], one["value"]) for one in back["components"]] == [
        ("last4", None),
        ("expiry", "11/30"),
    ]
    assert (await maya.answered(back, DIGITS))["kind"] == "code"
    assert "flow.reopened" in await kinds(maya)


async def test_going_back_is_refused_where_it_cannot_be(company: Company) -> None:
    maya, jonas = await company.customer("maya"), await company.customer("jonas")
    first = await maya.start()
    nowhere = await maya.post(path(first, "reopen"), {"rev": first["rev"]})
    assert nowhere.status_code == 409
    screen = await maya.answered(first, DIGITS)
    stale = await maya.post(path(screen, "reopen"), {"rev": first["rev"]})
    assert (stale.status_code, stale.json()["screen"]["rev"]) == (409, screen["rev"])
    unknown = {"rev": screen["rev"], "step": "load_card"}
    assert (await maya.post(path(screen, "reopen"), unknown)).status_code == 409
    for verb, body in (("reopen", {"rev": screen["rev"]}), ("resume", None)):
        assert (await jonas.post(path(screen, verb), body)).status_code == 404
    assert await maya.read(f"/v1/runs/{screen['run_id']}") == screen


async def test_coming_back_reads_again_what_is_too_old(company: Company) -> None:
    maya = await company.customer("maya")
    screen = await maya.start()
    assert await maya.do(path(screen, "resume")) == screen
    await read_long_ago(company, UUID(screen["run_id"]))
    again = await maya.do(path(screen, "resume"))
    assert (again["step"], again["rev"]) == ("ask_digits", screen["rev"] + 2)
    assert (await kinds(maya))[-2:] == ["flow.reopened", "flow.action"]


async def test_a_reminder_then_a_wait_that_ends_by_its_time(company: Company) -> None:
    maya = await company.customer("maya")
    screen = await maya.do("/v1/runs", {"flow": "rest"})
    await until(maya, "flow.nudged")
    rested = await maya.answered(screen, {"tea": "green"})
    assert (rested["kind"], rested["status"]) == ("wait", "waiting")
    await until(maya, "flow.woke")
    assert (await maya.read(f"/v1/runs/{screen['run_id']}"))["step"] == "cup"
    told = [one for one in (await maya.me())["notifications"] if one["title"] == "Rest"]
    assert {one["body"] for one in told} >= {"Still there", "It is ready"}


async def test_a_wait_for_the_customer_ends_when_they_return(company: Company) -> None:
    maya = await company.customer("maya")
    screen = await maya.do("/v1/runs", {"flow": "slow"})
    rested = await maya.answered(screen, {"tea": "black"})
    assert (await maya.read(f"/v1/runs/{screen['run_id']}")) == rested
    woken = await maya.do(path(rested, "resume"))
    assert (woken["step"], woken["status"]) == ("impatient", "active")


async def test_a_repeat_gets_the_screen_of_then_also_after_the_run_went_on(
    company: Company,
) -> None:
    maya = await company.customer("maya")
    screen = await maya.do("/v1/runs", {"flow": "slow"})
    body = {"rev": screen["rev"], "step": "tea", "values": {"tea": "green"}}
    key = {"Idempotency-Key": "tea-1"}
    first = await maya.post(path(screen, "answers"), body, headers=key)
    await maya.do(path(screen, "resume"))
    again = await maya.post(path(screen, "answers"), body, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
