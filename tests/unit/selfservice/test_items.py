"""Options out of a result, a form that is repeated, waits and reminders, cards out of results."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from selfservice import events
from selfservice.answers import answer
from selfservice.definition import load
from selfservice.effects import Tell
from selfservice.errors import FlowError, InvalidAnswer, NotAllowed
from selfservice.run import fold
from selfservice.screen import screen
from selfservice.state import Status, awaits, wakes_at
from selfservice.template import Template
from selfservice.view import view
from tests.unit.selfservice.driver import CUSTOMER, START, SYSTEM, Journey, any_words, seal

PARCEL = """
flow: parcel
title: Parcel
start: list
on: {idle: {after: 20m, push: Still there}}
steps:
  list:
    action: orders.list
    effect: read
    next:
      - if: len(result.items) == 1
        goto: only
      - else: which
    on_error: {then: gone}
  only: {set: {order: first(results.list.items)}, next: rest}
  which:
    choice: Which order
    name: order
    options_from:
      {list: results.list.items, id: id, label: "{name} {price:money}", detail: "{day:date}"}
    next: rest
  rest:
    wait: {for: 72h, or_event: parcel.moved, push: Look again}
    next:
      - if: results.rest.event == "parcel.moved" and results.rest.data.lost
        goto: gone
      - else: news
  news:
    say: News
    card: {type: timeline, items: results.list.moves, fallback: {type: text, text: "{app.name}"}}
    next: people
  people:
    repeat: Who may take it
    fields:
      name: {type: text, label: Name}
      age: {type: number, label: Age, check: value >= 18, error: Too young}
    min: 1
    max: 2
    next: done
  done: {end: solved, follow_up: {push: It moved, on_event: parcel.moved}}
  gone: {end: abandoned}
"""
FLOW = load(PARCEL, "parcel.yaml")
ITEMS: list[dict[str, Any]] = [
    {"id": "o1", "name": "Tea", "price": 12.5, "currency": "EUR", "day": "2026-11-20"},
    {"id": 2, "name": "Cake", "price": 1, "day": "soon"},
]
MOVES = [{"title": "Sent", "at": "2026-11-20T10:00:00Z", "done": True}, {"title": "Here"}, 7]


def ordered(items: Any = ITEMS) -> Journey:
    journey = Journey(FLOW)
    journey.act(items=items, moves=MOVES, summary="on its way")
    return journey


def at_people() -> Journey:
    journey = ordered()
    journey.answer(order="o1")
    journey.now += timedelta(hours=72)
    woken(journey)
    journey.answer()
    return journey


def woken(journey: Journey, event: str | None = None, **data: Any) -> None:
    visit = journey.state.visits[journey.state.step]
    journey.put(
        events.Woke(
            at=journey.now,
            actor=SYSTEM,
            step=journey.state.step,
            visit=visit,
            event=event,
            data=data,
        )
    )


def shown(journey: Journey) -> Any:
    return msgspec.json.decode(msgspec.json.encode(screen(FLOW, journey.state, any_words(), START)))


def test_items_are_offered_by_their_ids_and_kept_whole() -> None:
    journey = ordered()
    (choice,) = shown(journey)["components"]
    assert choice["options"] == [
        {"value": "o1", "label": "Tea €12.50", "detail": "Nov 20, 2026"},
        {"value": "2", "label": "Cake 1.00", "detail": "soon"},
    ]
    journey.answer(order="2")
    assert journey.state.answers["order"] == ITEMS[1]
    (line,) = view(FLOW, journey.state, any_words()).answers
    assert line.value == "Cake 1.00"
    assert fold(FLOW, journey.log) == journey.state


@pytest.mark.parametrize("given", ["o3", "", None, {"id": "o9"}, ["o1"], 3])
def test_what_is_not_offered_is_refused(given: Any) -> None:
    journey = ordered()
    with pytest.raises(InvalidAnswer):
        answer(FLOW, journey.state, "which", {"order": given}, seal, START, CUSTOMER)


def test_a_copy_of_an_item_is_read_by_its_id_alone() -> None:
    journey = ordered()
    journey.answer(order={**ITEMS[0], "price": 0})
    assert journey.state.answers["order"] == ITEMS[0]


@pytest.mark.parametrize("items", [None, "x", [], [1], [{"name": "no id"}], [{"id": "only"}]])
def test_a_list_without_items_offers_nothing(items: Any) -> None:
    journey = ordered(items)
    if journey.state.step == "which":
        assert shown(journey)["components"][0]["options"] == []


def test_set_takes_the_first_item_and_a_token_is_none() -> None:
    assert ordered(ITEMS[:1]).state.answers["order"] == ITEMS[0]
    assert ordered([{"token": "x"}]).state.answers["order"] is None


def test_a_wait_ends_by_its_time_and_tells_the_customer() -> None:
    journey = ordered()
    journey.answer(order="o1")
    state = journey.state
    assert (state.status, shown(journey)["kind"]) == (Status.WAITING, "wait")
    assert (awaits(FLOW, state), wakes_at(FLOW, state)) == ("parcel.moved", state.until)
    assert state.until == state.updated_at + timedelta(hours=72)
    assert datetime.fromisoformat(shown(journey)["until"]) == state.until
    with pytest.raises(NotAllowed):
        woken(journey)
    journey.now += timedelta(hours=72)
    woken(journey)
    assert (journey.state.step, journey.state.until) == ("news", None)
    assert journey.effects[-1] == Tell(run=journey.state.run, text="Look again")


def test_a_wait_ends_by_its_event_and_no_other() -> None:
    journey = ordered()
    journey.answer(order="o1")
    with pytest.raises(NotAllowed):
        woken(journey, "order_paid")
    woken(journey, "parcel.moved", lost=True)
    assert journey.state.status is Status.ABANDONED
    assert not [one for one in journey.effects if isinstance(one, Tell)]
    with pytest.raises(NotAllowed):
        woken(journey, "parcel.moved")


def test_help_at_a_wait_comes_back_to_it() -> None:
    journey = ordered()
    journey.answer(order="o1")
    with pytest.raises(NotAllowed):  # this flow knows no help
        journey.help()
    assert journey.state.status is Status.WAITING


def test_a_customer_who_stops_is_reminded_once() -> None:
    journey = ordered()
    due = wakes_at(FLOW, journey.state)
    assert due == journey.state.updated_at + timedelta(minutes=20)
    nudge = events.Nudged(at=due, actor=SYSTEM)
    with pytest.raises(NotAllowed):
        journey.put(events.Nudged(at=due - timedelta(seconds=1), actor=SYSTEM))
    before = journey.state
    journey.put(nudge)
    assert (journey.state.rev, journey.state.updated_at) == (before.rev, before.updated_at)
    assert journey.effects[-1] == Tell(run=journey.state.run, text="Still there")
    assert wakes_at(FLOW, journey.state) is None
    with pytest.raises(NotAllowed):
        journey.put(nudge)


def test_a_timeline_shows_what_has_a_title() -> None:
    journey = ordered()
    journey.answer(order="o1")
    woken(journey, "parcel.moved")
    assert shown(journey)["components"][1] == {
        "type": "timeline",
        "items": [
            {"title": "Sent", "at": "Nov 20, 2026", "done": True},
            {"title": "Here", "at": None, "done": False},
        ],
    }


def test_a_form_is_repeated() -> None:
    journey = at_people()
    (asked,) = shown(journey)["components"]
    assert (asked["type"], asked["min"], asked["max"], asked["entries"]) == ("repeat", 1, 2, [])
    assert [one["id"] for one in asked["fields"]] == ["name", "age"]
    journey.answer(people=[{"name": " Ana ", "age": "30"}, {"name": "Bo", "age": 18}])
    assert journey.state.answers["people"] == [
        {"name": "Ana", "age": 30},
        {"name": "Bo", "age": 18},
    ]
    assert view(FLOW, journey.state, any_words()).answers[-1].value == "Ana, 30; Bo, 18"
    assert awaits(FLOW, journey.state) == "parcel.moved"


def test_its_entries_are_there_when_the_customer_comes_back() -> None:
    journey = at_people()
    journey.answer(people=[{"name": "Ana", "age": 30}])
    assert journey.state.status is Status.SOLVED
    journey = at_people()
    people = answer(
        FLOW,
        journey.state,
        "people",
        {"people": [{"name": "Ana", "age": 30}]},
        seal,
        START,
        CUSTOMER,
    )
    assert people.values == {"people": [{"name": "Ana", "age": 30}]}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        (None, {"people": "t:err.entries"}),
        ([], {"people": "t:err.entries"}),
        ([{}] * 3, {"people": "t:err.entries"}),
        ("x", {"people": "t:err.invalid"}),
        ([1], {"people": "t:err.invalid"}),
        ([{"name": "Ana"}], {"people[0].age": "t:err.required"}),
        ([{"name": "A", "age": 17}], {"people[0].age": "Too young"}),
        (
            [{"name": "A", "age": 18}, {"age": 20, "x": 1}],
            {"people[1].name": "t:err.required", "people[1].x": "t:err.unknown_field"},
        ),
    ],
)
def test_each_entry_is_checked(given: Any, errors: dict[str, str]) -> None:
    journey = at_people()
    with pytest.raises(InvalidAnswer) as refused:
        answer(FLOW, journey.state, "people", {"people": given}, seal, START, CUSTOMER)
    assert {name: one.key for name, one in refused.value.errors.items()} == errors


@pytest.mark.parametrize("text", ["{", "{}", "a } b", "{A}", "{a:b}", "{a.}", "x" * 201])
def test_lines_that_cannot_be_read(text: str) -> None:
    with pytest.raises(FlowError):
        Template(text)


def test_a_line_leaves_out_what_is_not_there() -> None:
    line = Template("{a.b}  {c:money}{d:date} {e}")
    assert line.render({"a": {"b": 1}, "c": "?", "d": 5, "e": [1]}, any_words()) == "1 ?5"
