"""Answers that are kept so long: then null in the state and the log, and the fold still holds."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from selfservice import events
from selfservice.definition import load
from selfservice.forgetting import asked_again, blanked, forget, forgets_at
from selfservice.run import fold, step
from selfservice.uploaded import File, held
from selfservice.versions import fold_any, landing
from selfservice.waking import returned
from tests.unit.selfservice.driver import CUSTOMER, START, Journey, seal

TELL = """
flow: tell
title: Tell
start: story
steps:
  story:
    form: Story
    fields:
      story: {type: text, label: Story, sensitive: true, retain: 2d}
      kind: {type: choice, options: [a, b], label: Kind, retain: 1d}
    next:
      - if: answers.kind == "a"
        goto: proof
      - else: gone
  proof:
    form: Proof
    fields:
      proof: {type: upload, label: P, accept: [image/*], max_mb: 1, optional: true, retain: 1d}
      name: {type: text, label: Name}
    next: sure
  sure: {review: [story, kind, proof, name], next: done}
  done: {end: solved}
  gone: {end: abandoned}
"""
FLOW = load(TELL, "tell")
DAY = timedelta(days=1)


def at_review() -> Journey:
    found = Journey(FLOW)
    found.files = {"p": File(id="p", name="p.png", type="image/png", size=1)}
    found.answer(story="It was blue", kind="a")
    found.answer(proof=["p"], name="Maya")
    return found


def forgot(found: Journey, days: float) -> events.Forgot:
    """As the edge does: blank the log, then append."""
    event = forget(found.state, START + DAY * days)
    assert event is not None
    found.log = [blanked(one, event.names) or one for one in found.log]
    found.put(event)
    return event


def test_nothing_is_due_before_its_time() -> None:
    found = at_review()
    assert forget(found.state, START + DAY) is None
    due = forgets_at(found.state)
    assert due is not None
    assert START + DAY < due < START + DAY + timedelta(minutes=1)


def test_it_is_gone_from_state_and_log_and_the_fold_holds() -> None:
    found = at_review()
    before = found.state
    event = forgot(found, 1.5)
    assert event.names == ("kind", "proof")
    assert found.state.answers["kind"] is None
    assert (found.state.rev, found.state.step) == (before.rev, "sure")
    assert held(before) == {"p"}
    assert held(found.state) == set()
    kept = msgspec.json.encode(found.log)
    assert b"p.png" not in kept
    assert seal("It was blue").encode() in kept
    assert fold(FLOW, found.log) == found.state
    forgot(found, 2.5)
    kept = msgspec.json.encode(found.log)
    assert seal("It was blue").encode() not in kept  # also not in the older checkpoint
    assert fold(FLOW, found.log) == fold_any(FLOW, found.log) == found.state
    assert forgets_at(found.state) is None
    found.answer()
    assert fold(FLOW, found.log) == found.state


def test_the_log_survives_json() -> None:
    found = at_review()
    forgot(found, 1.5)
    again = msgspec.json.decode(msgspec.json.encode(found.log), type=list[events.Event])
    assert fold(FLOW, again) == found.state


def test_what_is_still_needed_is_asked_again_when_the_customer_returns() -> None:
    found = at_review()
    assert returned(FLOW, found.state, found.now, CUSTOMER) is None
    forgot(found, 1.5)
    event = returned(FLOW, found.state, found.now, CUSTOMER)
    assert isinstance(event, events.Reopened)
    assert event.step == "story"
    state = found.put(event)
    assert state.step == "story"
    state = found.answer(story="It was blue", kind="a")
    assert state.step == "sure"  # the optional file is not asked for again, the name is known
    assert state.answers["name"] == "Maya"
    assert state.forgotten == ("proof",)
    assert asked_again(FLOW, state) is None
    assert forgets_at(state) is not None
    assert fold(FLOW, found.log) == found.state


def test_a_run_that_is_over_forgets_too_and_stays_over() -> None:
    found = at_review()
    found.answer()
    forgot(found, 3)
    assert found.state.answers == {"story": None, "kind": None, "proof": None, "name": "Maya"}
    assert found.state.outcome == "solved"
    assert returned(FLOW, found.state, found.now, CUSTOMER) is None


def test_what_was_undone_is_forgotten_too() -> None:
    found = at_review()
    found.put(events.Reopened(at=found.now, actor=CUSTOMER, step="story"))
    forgot(found, 3)
    assert b"p.png" not in msgspec.json.encode(found.state)
    assert seal("It was blue").encode() not in msgspec.json.encode(found.state)


def test_it_stays_with_its_version() -> None:
    found = at_review()
    forgot(found, 1.5)
    other = load(TELL.replace("title: Tell", "title: Tell us"), "tell")
    assert landing(other, found.log, found.state) is None


def test_an_answer_that_is_given_again_is_kept_anew() -> None:
    found = at_review()
    found.put(events.Reopened(at=found.now, actor=CUSTOMER, step="story"))
    found.now = START + DAY * 0.9
    found.answer(story="Red", kind="a")
    event = forget(found.state, START + DAY * 1.5)
    assert event is not None
    assert event.names == ("proof",)
    assert step(FLOW, found.state, event).state.answers["kind"] == "a"
