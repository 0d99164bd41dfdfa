"""Apps say what they can draw, and every screen that they get is made of that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.telemetry import COUNTED
from tests.api.alone import company_alone
from tests.api.company import More, SignedInCustomer

TELL = """
flow: tell
title: Tell us
start: ask
on: {cancel: {goto: left}}
steps:
  ask:
    form: Tell us
    fields:
      when: {type: date, label: When}
      hand: {type: signature, label: Signature}
    next: more
  more:
    repeat: Who was there
    fields: {name: {type: text, label: Name}}
    next: done
  done: {end: solved}
  left: {end: abandoned}
"""
OLD = {"X-UI": "1"}
ANSWERS = {"when": "2026-11-20", "hand": "Maya"}


@pytest_asyncio.fixture
async def maya() -> AsyncIterator[SignedInCustomer]:
    async with company_alone(More(flows={"tell": TELL})) as company:
        yield await company.customer("maya")


def types(screen: Any) -> list[str]:
    return [one["type"] for one in screen["components"]]


async def begun(who: SignedInCustomer, headers: dict[str, str]) -> Any:
    return await who.do("/v1/runs", {"flow": "tell", "inputs": {}}, headers=headers)


def counted(component: str) -> int:
    return sum(
        times
        for (event, labels), times in COUNTED.items()
        if event == "component_downgraded" and ("component", component) in labels
    )


async def test_every_screen_is_made_for_the_app_that_asks(maya: SignedInCustomer) -> None:
    before = counted("signature")
    first = await begun(maya, OLD)
    assert types(first) == ["text_field", "text_field"]
    assert counted("signature") == before + 1
    path = f"/v1/runs/{first['run_id']}"
    assert types(await maya.read(path)) == ["date", "signature"]  # no header: the newest
    again = await maya.send("GET", path, headers={"X-UI": "3", "X-Caps": "camera, map"})
    assert types(again.json()) == ["date", "text_field"]
    resumed = await maya.do(f"{path}/resume", headers=OLD)
    assert types(resumed) == ["text_field", "text_field"]
    second = await maya.answered(first, ANSWERS, headers=OLD)
    assert (types(second), second["actions"]) == (["text"], [])
    stale = await maya.answer(first, ANSWERS, headers=OLD)
    assert (stale.status_code, types(stale.json()["screen"])) == (409, ["text"])
    assert types(await maya.read(path)) == ["repeat"]


@pytest.mark.parametrize("caps", ["sign", "sign ,passkey", "sign,flying"])
async def test_abilities_are_named_with_commas(maya: SignedInCustomer, caps: str) -> None:
    screen = await begun(maya, {"X-UI": "99", "X-Caps": caps})
    assert types(screen) == ["date", "signature"]


@pytest.mark.parametrize("level", ["0", "-1", "three", "1001", "1.5"])
async def test_a_level_is_a_number(maya: SignedInCustomer, level: str) -> None:
    answer = await maya.post("/v1/runs", {"flow": "tell", "inputs": {}}, headers={"X-UI": level})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert (await maya.read("/v1/runs"))["items"] == []
