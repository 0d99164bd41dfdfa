"""Going back and changing an answer leads where the changed answer would have led at first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfservice import events
from selfservice.definition import load
from selfservice.errors import NotAllowed
from selfservice.replaying import changeable, stale_read
from selfservice.run import fold
from selfservice.screen import screen
from selfservice.state import State, Status, expires_at
from tests.unit.selfservice.driver import CUSTOMER, START, SYSTEM, Journey, any_words

ORDER = """
flow: order
title: Order
on: {help: {queue: goods, reason: order}}
start: list
steps:
  list:
    action: goods.list
    effect: read
    fresh_for: 10m
    next: kind
    on_error: {then: human}
  kind: {choice: What, options: [tea, cake], next: size}
  size:
    form: How much
    fields:
      grams: {type: number, label: Grams, check: "value <= results.list.most"}
      note: {type: text, label: Note, optional: true}
      pin: {type: digits, length: 4, label: Code, sensitive: true}
    next:
      - if: answers.kind == "cake"
        goto: cream
      - else: price
  cream: {choice: With cream, options: [yes, no], next: price}
  price:
    set: {price: answers.grams * 2}
    next: told
  told: {say: A note, next: look}
  look: {review: [kind, grams, note, cream, pin], confirm: I want that, next: buy}
  buy:
    action: goods.buy
    effect: write
    with: {price: answers.price, cream: answers.cream}
    done_if: result.ok
    next: thanks
    on_error: {then: human}
    on_unknown: {check: goods.bought, if: result.ok, goto: thanks, else: human}
  thanks: {choice: Was it good, options: [yes, no], next: bye}
  bye: {end: solved}
  human: {handoff: {queue: goods, reason: trouble}, resume_at: kind}
"""
FLOW = load(ORDER, "order.yaml")
SIZE = {"grams": 100, "note": "soon", "pin": "1234"}


def at_review(kind: str = "tea", **size: Any) -> Journey:
    journey = Journey(FLOW)
    journey.act(most=500)
    journey.answer(kind=kind)
    journey.answer(**{**SIZE, **size})
    if kind == "cake":
        journey.answer(cream="yes")
    journey.answer()
    assert journey.state.step == "look"
    return journey


def back(journey: Journey, step: str) -> State:
    return journey.put(events.Reopened(at=journey.now, actor=CUSTOMER, step=step))


def stand(state: State) -> Any:
    """What a replay from the start would give as well; not how often, and when."""
    return state.step, state.status, state.answers, state.results, [one.step for one in state.trail]


def shown(journey: Journey) -> Any:
    return screen(FLOW, journey.state, any_words(), START)


def test_a_changed_answer_is_as_if_it_had_been_given_first() -> None:
    journey = at_review()
    back(journey, "size")
    assert journey.state.answers == {"kind": "tea"}
    assert {one.id: one.value for one in shown(journey).components} == {
        "grams": "100",
        "note": "soon",
        "pin": None,
    }
    journey.answer(grams=200, pin="1234")
    assert stand(journey.state) == stand(at_review(grams=200, note=None).state)
    assert journey.state.answers["price"] == 400
    assert fold(FLOW, journey.log) == journey.state


def test_the_way_that_is_left_feeds_no_rule_and_is_remembered() -> None:
    journey = at_review("cake")
    back(journey, "kind")
    journey.answer(kind="tea")
    assert stand(journey.state) == stand(at_review().state)
    assert "cream" not in journey.state.answers
    back(journey, "kind")
    journey.answer(kind="cake")  # cream is answered again by what was said before
    assert stand(journey.state) == stand(at_review("cake").state)


def test_what_does_not_fit_any_more_is_asked_again() -> None:
    journey = at_review(grams=400)
    journey.now += timedelta(minutes=11)
    assert stale_read(FLOW, journey.state, journey.now) == "list"
    journey.put(events.Reopened(at=journey.now, actor=SYSTEM, step="list"))
    assert journey.state.status is Status.WAITING
    assert journey.state.answers == {}
    journey.act(most=300)
    assert (journey.state.step, journey.state.answers) == ("size", {"kind": "tea"})
    assert shown(journey).components[0].value == "400"


def test_a_read_that_is_fresh_stays() -> None:
    journey = at_review()
    assert stale_read(FLOW, journey.state, journey.now) is None
    with pytest.raises(NotAllowed):
        back(journey, "list")


def test_the_review_names_what_was_asked_and_where_it_changes() -> None:
    review, declared = shown(at_review()).components
    assert [(one.label, one.value, one.step) for one in review.lines] == [
        ("What", "Tea", "kind"),
        ("Grams", "100", "size"),
        ("Note", "soon", "size"),
        ("Code", "••••", "size"),
    ]
    assert declared.text == "I want that"


def test_nothing_before_a_write_that_happened_can_be_changed() -> None:
    journey = at_review()
    journey.answer()
    assert changeable(FLOW, journey.state) == ()
    journey.act(ok=True)
    assert journey.state.step == "thanks"
    assert not shown(journey).can.back
    for step in ("kind", "size", "look", "thanks", "nowhere"):
        with pytest.raises(NotAllowed):
            back(journey, step)


def test_nothing_before_a_write_that_perhaps_happened_either() -> None:
    journey = at_review()
    journey.answer()
    journey.fail("unknown")
    journey.act(ok=False)
    assert journey.state.status is Status.WITH_HUMAN
    journey.hand_back()
    assert (journey.state.step, changeable(FLOW, journey.state)) == ("kind", ())


def test_back_leads_to_the_step_before_on_the_way_that_was_taken() -> None:
    journey = at_review("cake")
    assert changeable(FLOW, journey.state) == ("told", "cream", "size", "kind")
    back(journey, "cream")
    assert changeable(FLOW, journey.state) == ("size", "kind")
    assert shown(journey).components[0].value == "yes"
    journey.answer(cream="no")
    assert journey.state.step == "look"  # the note was read already
    assert journey.state.answers["cream"] == "no"


def test_a_hand_back_undoes_what_followed_and_asks_it_again() -> None:
    journey = Journey(FLOW)
    journey.act(most=500)
    journey.answer(kind="cake")
    journey.answer(**SIZE)
    journey.help()
    journey.hand_back("kind")
    assert (journey.state.step, journey.state.answers) == ("kind", {})
    assert shown(journey).components[0].value == "cake"
    journey.answer(kind="tea")
    assert journey.state.step == "size"


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["kind", "size", "cream", "told"]),
        st.sampled_from(["tea", "cake"]),
        st.integers(1, 600),
        st.booleans(),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(EDITS)
def test_any_edits_lead_where_the_last_answers_would_have_led(
    edits: list[tuple[str, str, int, bool]],
) -> None:
    journey = at_review()
    said: dict[str, dict[str, Any]] = {
        "kind": {"kind": "tea"},
        "size": SIZE,
        "cream": {"cream": "yes"},
        "told": {},
    }
    for step, kind, grams, cream in edits:
        if step not in changeable(FLOW, journey.state):
            continue
        back(journey, step)
        said |= {
            "kind": {"kind": kind} if step == "kind" else said["kind"],
            "size": {**SIZE, "grams": min(grams, 500)} if step == "size" else said["size"],
            "cream": {"cream": "yes" if cream else "no"} if step == "cream" else said["cream"],
        }
        while journey.state.step != "look":
            journey.answer(**said[journey.state.step])
    straight = Journey(FLOW)
    straight.act(most=500)
    while straight.state.step != "look":
        straight.answer(**said[straight.state.step])
    assert stand(journey.state) == stand(straight.state)
    assert fold(FLOW, journey.log) == journey.state


LOOP = """
flow: loop
title: Loop
start: first
steps:
  first: {choice: First, options: [yes, no], next: look}
  look: {action: goods.look, effect: read, next: again, on_error: {then: again}}
  again: {choice: Again, options: [yes, no], next: look, }
  never: {end: solved}
"""


def test_a_loop_does_not_make_the_state_grow() -> None:
    looping = load(
        LOOP.replace(
            "next: look, }", "next: [{if: answers.again == 'no', goto: never}, {else: look}]}"
        ),
        "loop.yaml",
    )
    journey = Journey(looping)
    journey.answer(first="yes")
    sizes = []
    for _ in range(40):
        journey.act(words="x" * 1000)
        journey.answer(again="yes")
        sizes.append(len(msgspec.json.encode(journey.state)))
    assert sizes[-1] == pytest.approx(sizes[14], rel=0.02)
    journey.act(words="y")
    assert changeable(looping, journey.state) == ()  # the first step lies too far back
    assert fold(looping, journey.log) == journey.state


def test_a_wait_is_no_lying_still() -> None:
    text = "flow: w\ntitle: W\nstart: a\nexpires: 1d\nsteps:\n  a: {wait: {for: 9d}, next: b}\n"
    journey = Journey(load(text + "  b: {end: solved}\n", "w.yaml"))
    assert journey.state.until is not None
    assert expires_at(journey.definition, journey.state) == journey.state.until + timedelta(days=1)
