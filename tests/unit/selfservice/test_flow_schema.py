"""Does the schema take what is loaded, and refuse what is not?"""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import msgspec
import pytest

from app.catalogue import TESTS, flow_files
from selfservice import yaml
from selfservice.definition import KINDS, read
from selfservice.flow_schema import flow_schema
from selfservice.flow_schema import tests_schema as schema_of_tests
from tests.journeys.public_flows import DATA, convert
from tests.unit.selfservice.driver import BANK

FLOW = """
flow: all_kinds
title: t:all.title
start: hello
inputs: {card: {type: id, from: caller, optional: true}}
lists: {iberia: [ES, PT]}
expires: 14d
on:
  help: {queue: q, reason: r, skills: {fraud: 3}}
  cancel: {goto: done}
  idle: {after: 20m, push: x}
steps:
  hello:
    say: x
    next: find
    card: {type: timeline, items: results.find.list, fallback: {type: text, text: "{app.x}"}}
  find: {action: a.find, effect: read, fresh_for: 8s, next: which, on_error: {then: human}}
  which: {choice: x, options_from: {list: results.find.list, id: id, label: "{name}"}, next: rest}
  rest: {wait: {for: 72h, or_event: customer_returns, push: x}, next: ask}
  ask:
    form: x
    fields:
      land: {type: country, label: x, only: [PT], show_if: answers.which.id == "a"}
      pick: {type: multi, label: x, options: [a, b], none: b, optional: true}
      pay: {type: money, label: x, currency: EUR, check: value > 5, error: x}
    next: [{if: answers.land in lists.iberia, goto: several}, {else: prove}]
  several: {repeat: x, fields: {n: {type: number, label: x}}, min: 0, max: 3, next: prove}
  prove: {stepup: {level: 2, methods: [otp_host], max_age: 5m}, next: sum, on_denied: {goto: human}}
  sum: {set: {due: 280, day: "today()", no: null, yes: true}, next: other}
  other: {call: {flow: other, with: {a: answers.due}}, next: check}
  check: {review: [pay, pick], confirm: x, next: write}
  write:
    action: a.write
    effect: write
    with: {a: answers.due}
    done_if: result.code == "OK"
    next: done
    on_error: {then: human}
    on_unknown: {check: a.find, if: result.done, goto: done, else: human}
  human:
    handoff: {queue: q, reason: r, channels: [text], priority: [{if: now, is: 2}, {else: 1}]}
    resume_at: hello
  done: {end: solved, feedback: csat, returns: {a: true}, follow_up: {push: x, on_event: a.changed}}
"""


def is_taken(raw: Any, schema: dict[str, Any] | None = None) -> bool:
    return jsonschema_rs.validator_for(schema or flow_schema()).is_valid(raw)


def steps(**changed: Any) -> Any:
    raw = yaml.parse(FLOW)
    raw["steps"] |= changed
    return raw


def test_every_kind_is_in_the_example() -> None:
    raw = steps()
    assert {key for step in raw["steps"].values() for key in step if key in KINDS} == KINDS.keys()
    assert [one.code for one in read(FLOW).findings] == ["E012"], "only the called flow is missing"


def test_what_is_loaded_is_taken() -> None:
    validator = jsonschema_rs.validator_for(flow_schema())
    assert [one.message for one in validator.iter_errors(steps())] == []
    for path in flow_files(BANK / "flows"):
        assert is_taken(yaml.parse(path.read_text()))
    for path in DATA.glob("*.yaml"):
        assert is_taken(yaml.parse(convert(path.read_text())))


@pytest.mark.parametrize(
    "step",
    [
        {"next": "done"},
        {"say": "x"},
        {"say": "x", "form": "y", "next": "done"},
        {"say": "x", "next": "done", "colour": "red"},
        {"say": "", "next": "done"},
        {"say": "x", "next": [{"if": "now"}]},
        {"say": "x", "next": [{"if": "now", "goto": "done", "else": "done"}]},
        {"say": "x", "next": [{"else": 5}]},
        {"say": "x", "next": "done", "card": {"type": "map"}},
        {"choice": "x", "next": "done"},
        {"choice": "x", "options": [], "next": "done"},
        {"choice": "x", "options": ["a b"], "next": "done"},
        {"form": "x", "fields": {}, "next": "done"},
        {"form": "x", "fields": {"a": {"type": "colour", "label": "x"}}, "next": "done"},
        {"form": "x", "fields": {"a": {"type": "text", "label": "x", "length": 3}}, "next": "done"},
        {"form": "x", "fields": {"A": {"type": "text", "label": "x"}}, "next": "done"},
        {"form": "x", "fields": {"a": {"type": "digits", "label": "x"}}, "next": "done"},
        {"form": "x", "fields": {"a": {"type": "text", "label": "x", "max": 0}}, "next": "done"},
        {"set": {"a": ["b"]}, "next": "done"},
        {"wait": {"push": "x"}, "next": "done"},
        {"wait": {"for": "soon"}, "next": "done"},
        {"end": "lost"},
        {"handoff": {"queue": "q", "reason": "r", "priority": 10}, "resume_at": "hello"},
    ],
)
def test_what_is_refused_is_not_taken(step: Any) -> None:
    assert not is_taken(steps(hello=step))
    text = yaml_of(steps(hello=step))
    assert {one.code for one in read(text).findings} & {"E002", "E004", "E020"}


def yaml_of(raw: Any) -> str:
    """JSON is YAML."""
    return msgspec.json.encode(raw).decode()


@pytest.mark.parametrize("head", [{"flow": "A"}, {"colour": 1}, {"expires": 5}, {"steps": {}}])
def test_heads_that_are_refused_are_not_taken(head: Any) -> None:
    raw = steps() | head
    assert not is_taken(raw)
    assert read(yaml_of(raw)).findings[0].code == "E020"


def test_durations_are_written_as_people_do() -> None:
    properties = flow_schema()["properties"]
    assert properties["expires"]["default"] == "30d"
    assert properties["steps"]["description"].startswith("Each step by its name")


def test_tests_files_have_a_schema_too() -> None:
    for path in (BANK / "flows").glob(f"*{TESTS}"):
        raw = yaml.parse(path.read_text())
        assert is_taken(raw, schema_of_tests())
        assert not is_taken(raw | {"colour": 1}, schema_of_tests())
