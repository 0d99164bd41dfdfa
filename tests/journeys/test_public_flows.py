"""Six public flows lead where their own tests say: in the engine, and over HTTP.

Every path ends at a step that waits for the customer, or at the end that names an outcome.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import Any

import pytest

from selfservice import yaml
from selfservice.definition import Definition, load
from tests.api.alone import company_alone
from tests.api.company import Company, Guest, More
from tests.journeys.public_flows import DATA, convert, flow_name, value
from tests.unit.selfservice.driver import Journey

TEXTS = {path.stem: path.read_text() for path in sorted(DATA.glob("*.yaml"))}
PATHS: list[Any] = [
    json.loads(line) for line in (DATA / "assertions.jsonl").read_text().splitlines()
]
SICK_PAY = """
flow: sick-pay
start: how_many
steps:
  how_many: {type: number, next: first_day}
  first_day: {type: date, next: country}
  country: {type: country, next: pay}
  pay:
    type: money
    next:
      - if: answers.pay * answers.how_many >= 100 and answers.first_day + 3 < "2026-11-09"
        goto: paid
      - else: not_paid
  paid: {type: end, outcome: paid}
  not_paid: {type: end, outcome: not_paid}
"""
OVER_HTTP = 4
"""Paths of each flow that are played over HTTP: the longest."""


@pytest.fixture(scope="module")
def definitions() -> dict[str, Definition]:
    return {name: load(convert(text), name) for name, text in TEXTS.items()}


def test_all_are_there() -> None:
    assert (len(TEXTS), len(PATHS)) == (6, 166)
    assert {path["flow"] for path in PATHS} == TEXTS.keys()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path['flow']}-{path['expect']}")
def test_the_engine_leads_there(path: Any, definitions: dict[str, Definition]) -> None:
    journey = Journey(definitions[path["flow"]])
    for step, given in values(path):
        assert journey.state.step == step
        journey.answer(**{step: given})
    assert journey.state.step == path["expect"]
    assert (journey.state.outcome == "solved") == is_outcome(path)


@pytest.mark.parametrize(("pay", "outcome"), [("33.50", "paid"), ("33.20", "not_paid")])
def test_other_kinds_of_questions_are_converted(pay: str, outcome: str) -> None:
    journey = Journey(load(convert(SICK_PAY), "sick-pay"))
    journey.answer(how_many="3")
    journey.answer(first_day="2026-11-05")
    journey.answer(country="GB")
    assert journey.answer(pay=pay).step == outcome


async def test_the_server_leads_there() -> None:
    flows = {flow_name(name): convert(text) for name, text in TEXTS.items()}
    flows["sick_pay"] = convert(SICK_PAY)
    async with company_alone(More(flows=flows)) as company:
        offered = (await (await company.guest()).read("/v1/flows"))["items"]
        assert flows.keys() <= {one["flow"] for one in offered}
        await asyncio.gather(*(played(company, path) for path in longest()))
        await sick_pay_is_worked_out(await company.guest())


async def played(company: Company, path: Any) -> None:
    """As a customer of its own, who need not sign in."""
    customer = await company.guest()
    screen = await customer.do("/v1/runs", {"flow": flow_name(path["flow"]), "inputs": {}})
    for step, given in values(path):
        assert (screen["step"], screen["kind"]) == (step, "choice")
        screen = await customer.answered(screen, {step: given})
    assert screen["step"] == path["expect"]
    assert (screen["kind"] == "end") == is_outcome(path)


async def sick_pay_is_worked_out(customer: Guest) -> None:
    screen = await customer.do("/v1/runs", {"flow": "sick_pay", "inputs": {}})
    screen = await customer.answered(screen, {"how_many": 3})
    refused = await customer.answer(screen, {"first_day": "2026-02-29"})
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/values/first_day"]
    screen = await customer.answered(screen, {"first_day": "2026-11-05"})
    (country,) = screen["components"]
    assert {"value": "GB", "label": "United Kingdom"} in country["options"]
    screen = await customer.answered(screen, {"country": "GB"})
    assert (await customer.answered(screen, {"pay": "1,033.50"}))["step"] == "paid"


def longest() -> list[Any]:
    of_flow: dict[str, list[Any]] = defaultdict(list)
    for path in sorted(PATHS, key=lambda one: -len(one["answers"])):
        of_flow[path["flow"]].append(path)
    return [path for paths in of_flow.values() for path in paths[:OVER_HTTP]]


def values(path: Any) -> list[tuple[str, Any]]:
    """Each answer of a path as the API takes it."""
    return [(step, value(theirs(path["flow"], step), given)) for step, given in path["answers"]]


def is_outcome(path: Any) -> bool:
    return bool(theirs(path["flow"], path["expect"])["type"] == "end")


def theirs(flow: str, step: str) -> Any:
    return STEPS[flow][step]


STEPS = {name: yaml.parse(text)["steps"] for name, text in TEXTS.items()}
