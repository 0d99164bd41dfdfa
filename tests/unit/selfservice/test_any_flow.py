"""Is whatever an author may write answered with findings, and never with a traceback?"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from selfservice import yaml
from selfservice.definition import read
from selfservice.difference import changes
from selfservice.drawing import drawn
from selfservice.lint.linter import lint
from selfservice.lint.words import Words
from selfservice.testing.coverage import edges
from tests.unit.selfservice.driver import BANK
from tests.unit.selfservice.test_flow_schema import FLOW

WORDS = Words.of(BANK / "texts")
WHOLE = yaml.parse(FLOW)
BEFORE = read(FLOW).source
Place = tuple[str | int, ...]
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        5,
        "x",
        "t:x.y",
        "answers.ask == 5",
        "not has(answers.which.id)",
        "lists.iberia == answers.pick",
        "answers.pick in answers.land",
        "-1 < answers.pay",
        'visits("ask") > null',
        "results.rest.event in [null, 5]",
        [],
        {},
        {"a": [1]},
    ]
)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    if at:
        yield at
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*at, key))


def there(value: Any, at: Place) -> Any:
    for key in at:
        value = value[key]
    return value


PLACES = st.sampled_from(list(places(WHOLE)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(PLACES, ODD | PLACES.map(lambda at: there(WHOLE, at))), max_size=3))
def test_nothing_that_is_written_ends_in_a_traceback(written: list[tuple[Place, Any]]) -> None:
    raw = copy.deepcopy(WHOLE)
    for at, value in written:
        try:
            there(raw, at[:-1])[at[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # what it was in has been replaced
    text = msgspec.json.encode(raw).decode()
    found = read(text)
    assert bool(found.findings) == (found.definition is None)
    for one in found.findings:
        assert one.hint
        assert yaml.line_of(text, one.place) == 1
    if found.source is not None and BEFORE is not None:
        assert all(one.hint for one in lint(found.source, WORDS))
        assert drawn(found.source).startswith("flowchart TD\n")
        assert all(one.message for one in changes(BEFORE, found.source))


def test_the_ways_of_every_kind_are_known() -> None:
    without_call = copy.deepcopy(WHOLE)
    without_call["steps"]["sum"]["next"] = "check"
    del without_call["steps"]["other"]
    found = read(msgspec.json.encode(without_call).decode())
    assert found.findings == ()
    assert found.definition is not None
    places = {edge.place for edge in edges(found.definition)}
    assert {"steps.rest.next", "steps.several.next", "steps.check.next"} <= places
