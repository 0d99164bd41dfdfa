"""What holds for every order of events, also those that no app would send?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Literal, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from selfservice import events
from selfservice.effects import Effect, PerformAction
from selfservice.errors import NotAllowed
from selfservice.events import Actor, Event
from selfservice.forgetting import NOTHING
from selfservice.run import ACCEPTS, fold, step
from selfservice.sealed import Sealed, Value
from selfservice.state import FINAL, State, Status
from tests.unit.selfservice.driver import RUN, START, Journey, activation, bank_flow

FLOW = bank_flow()
CUSTOMER = Actor(kind="customer")
STARTED = events.Started(
    at=START,
    actor=CUSTOMER,
    run=RUN,
    flow=FLOW.flow,
    version=FLOW.version,
    inputs={"card_id": "card-1"},
)
RESULTS: list[dict[str, Any]] = [
    {"code": "OK"},
    {"code": "DIGITS_MISMATCH"},
    {"code": "ELSE"},
    {"code": 7},
    {"status": "active"},
    {"status": "blocked"},
    {"status": "sent"},
    {},
]
SEALED: dict[str, Value] = {"last4": Sealed(token="x"), "expiry": "2030-11"}
VALUES: list[dict[str, Value]] = [{}, SEALED, {"last4": "4417"}, {"other": "x"}]
OUTCOMES: list[Literal["ok", "error", "unknown"]] = ["ok", "ok", "ok", "error", "unknown"]
BY: dict[str, Any] = {"at": START, "actor": CUSTOMER}


def _alphabet() -> Iterator[Event]:
    """Events of every kind, for steps that fit and steps that do not."""
    yield STARTED
    yield events.HelpAsked(channel="text", **BY)
    yield events.HandedBack(**BY)
    yield events.Cancelled(**BY)
    yield events.Expired(**BY)
    for name in [*FLOW.steps, "nowhere"]:
        yield from (events.Answered(step=name, values=values, **BY) for values in VALUES)
        yield events.Invalid(step=name, fields=("last4",), **BY)
        yield events.HandedBack(step=name, **BY)
        yield events.IdentityRefused(step=name, **BY)
        for level in (1, 2):
            yield events.IdentityProved(step=name, level=level, method="otp_host", **BY)
    for name, visit, check in product(["load_card", "activate"], [1, 2, 3], [False, True]):
        for outcome, result in product(["ok", "unknown"], RESULTS):
            yield events.Acted(
                step=name, visit=visit, check=check, outcome=outcome, result=result, **BY
            )


ALPHABET = list(_alphabet())
CHOICES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10_000)), max_size=30)
"""For each event: whether it fits the run (3 of 4 do), and which one of those possible."""


def _log(choices: list[tuple[int, int]]) -> list[Event]:
    """A log that mostly fits the run, so that it gets far, with events that do not."""
    log: list[Event] = [STARTED]
    state = step(FLOW, None, STARTED).state
    for fits, which in choices:
        event = _fitting(state, which) if fits else ALPHABET[which % len(ALPHABET)]
        log.append(replace(event, at=START + timedelta(minutes=2 * len(log))))
        try:
            state = step(FLOW, state, log[-1]).state
        except NotAllowed:
            continue
    return log


def _fitting(state: State, which: int) -> Event:
    if pending := state.pending:
        return events.Acted(
            step=pending.step,
            visit=pending.visit,
            check=pending.check,
            outcome=OUTCOMES[which % len(OUTCOMES)],
            result=RESULTS[which // 7 % len(RESULTS)],
            **BY,
        )
    match state.step:
        case "ask_digits":
            return events.Answered(step=state.step, values=SEALED, **BY)
        case "prove_identity":
            return events.IdentityProved(step=state.step, level=2, method="otp_host", **BY)
        case _:
            return events.HandedBack(**BY)


def _walk(log: list[Event]) -> tuple[State, list[Event], list[Effect]]:
    """The state reached, the events that were accepted, and every effect."""
    state: State | None = None
    accepted: list[Event] = []
    effects: list[Effect] = []
    for event in log:
        try:
            moved = step(FLOW, state, event)
        except NotAllowed:
            continue
        state = moved.state
        accepted.append(event)
        effects.extend(moved.effects)
    assert state is not None
    return state, accepted, effects


@settings(max_examples=200, deadline=None)
@given(CHOICES)
def test_fold_is_the_state_reached_step_by_step(choices: list[tuple[int, int]]) -> None:
    state, accepted, _ = _walk(_log(choices))
    assert fold(FLOW, accepted) == state
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state


@settings(max_examples=200, deadline=None)
@given(CHOICES)
def test_a_key_is_performed_at_most_once(choices: list[tuple[int, int]]) -> None:
    _, _, effects = _walk(_log(choices))
    performed = [effect for effect in effects if isinstance(effect, PerformAction)]
    keys = [effect.key for effect in performed]
    assert len(keys) == len(set(keys))
    visits = [(effect.step, effect.visit, effect.check) for effect in performed]
    assert len(visits) == len(set(visits))


@settings(max_examples=200, deadline=None)
@given(CHOICES)
def test_no_write_without_fresh_identity_and_none_after_it_happened(
    choices: list[tuple[int, int]],
) -> None:
    state: State | None = None
    for event in _log(choices):
        before = state
        try:
            moved = step(FLOW, state, event)
        except NotAllowed:
            continue
        state = moved.state
        for effect in moved.effects:
            if isinstance(effect, PerformAction) and effect.effect == "write":
                assert state.identity is not None
                assert event.at - state.identity.at <= timedelta(minutes=5)
                assert before is not None
                assert not before.barriers


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), max_size=30))
def test_any_order_raises_only_not_allowed(log: list[Event]) -> None:
    state: State | None = None
    for event in log:
        try:
            state = step(FLOW, state, event).state
        except NotAllowed:
            continue
    assert state is None or state.step in FLOW.steps


@settings(max_examples=200, deadline=None)
@given(CHOICES)
def test_help_never_moves_and_the_end_is_final(choices: list[tuple[int, int]]) -> None:
    state: State | None = None
    for event in _log(choices):
        before = state
        try:
            state = step(FLOW, state, event).state
        except NotAllowed:
            continue
        assert before is None or before.status not in FINAL
        if isinstance(event, events.HelpAsked):
            assert before is not None
            assert (state.step, state.pending) == (before.step, before.pending)


def _states() -> dict[Status, State]:
    """A run in each status."""
    active = activation().state
    other = {
        status: replace(active, status=status)
        for status in (Status.SOLVED, Status.ABANDONED, Status.EXPIRED)
    }
    waiting = activation()
    waiting.answer(last4="4417", expiry="2030-11")
    waiting.prove()
    helped = activation()
    helped.help()
    return {
        Status.ACTIVE: active,
        Status.WAITING: waiting.state,
        Status.WITH_HUMAN: helped.state,
        **other,
    }


EVENTS: dict[type[Event], Event] = {
    events.Started: STARTED,
    events.Answered: events.Answered(at=START, actor=CUSTOMER, step="ask_digits"),
    events.Invalid: events.Invalid(at=START, actor=CUSTOMER, step="ask_digits", fields=("x",)),
    events.Acted: events.Acted(
        at=START, actor=CUSTOMER, step="activate", visit=1, outcome="ok", result={"code": "OK"}
    ),
    events.IdentityProved: events.IdentityProved(
        at=START, actor=CUSTOMER, step="prove_identity", level=2, method="otp_host"
    ),
    events.IdentityRefused: events.IdentityRefused(at=START, actor=CUSTOMER, step="prove_identity"),
    events.HelpAsked: events.HelpAsked(at=START, actor=CUSTOMER, channel="text"),
    events.HandedBack: events.HandedBack(at=START, actor=CUSTOMER),
    events.Cancelled: events.Cancelled(at=START, actor=CUSTOMER),
    events.Expired: events.Expired(at=START, actor=CUSTOMER),
    events.Reopened: events.Reopened(at=START, actor=CUSTOMER, step="load_card"),
    events.Woke: events.Woke(at=START, actor=CUSTOMER, step="load_card", visit=1),
    events.Nudged: events.Nudged(at=START, actor=CUSTOMER),
    events.Forgot: events.Forgot(at=START, actor=CUSTOMER, names=("last4",), state=NOTHING),
    events.Migrated: events.Migrated(at=START, actor=CUSTOMER, version="v2", kept=1),
}
POSSIBLE = {
    (Status.ACTIVE, events.Answered),
    (Status.ACTIVE, events.Invalid),
    (Status.ACTIVE, events.HelpAsked),
    (Status.ACTIVE, events.Cancelled),
    (Status.ACTIVE, events.Expired),
    (Status.WAITING, events.Acted),
    (Status.WAITING, events.HelpAsked),
    (Status.WAITING, events.Expired),
    (Status.WITH_HUMAN, events.Answered),
    (Status.WITH_HUMAN, events.Invalid),
    (Status.WITH_HUMAN, events.HandedBack),
    (Status.WITH_HUMAN, events.Cancelled),
    (Status.WITH_HUMAN, events.Expired),
}
"""What these runs accept: at digits (active, with a human), or while a write is on its way."""


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("kind", list(EVENTS))
def test_every_status_with_every_event(status: Status, kind: type[Event]) -> None:
    state = _states()[status]
    if kind is events.Forgot:
        left = replace(state, forgotten=("last4",))
        event = events.Forgot(
            at=START, actor=CUSTOMER, names=("last4",), state=msgspec.Raw(msgspec.json.encode(left))
        )
        assert step(FLOW, state, event).state == left
    elif (status, kind) in POSSIBLE:
        moved = step(FLOW, state, EVENTS[kind]).state
        assert moved.updated_at == START
        assert (moved.rev == state.rev) == (kind is events.Invalid)
    else:
        with pytest.raises(NotAllowed):
            step(FLOW, state, EVENTS[kind])


def test_the_table_names_every_event() -> None:
    assert set(ACCEPTS) == set(EVENTS)


def test_a_run_begins_with_started_and_once() -> None:
    with pytest.raises(NotAllowed):
        fold(FLOW, [])
    with pytest.raises(NotAllowed):
        step(FLOW, None, EVENTS[events.Cancelled])


def test_a_run_is_pinned_to_its_version() -> None:
    other = replace(FLOW, version="0" * 64)
    with pytest.raises(NotAllowed):
        step(other, activation().state, EVENTS[events.HelpAsked])
    with pytest.raises(NotAllowed):
        step(other, None, STARTED)


def test_time_is_that_of_the_event() -> None:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    event = events.HelpAsked(at=at, actor=CUSTOMER, channel="text")
    assert step(FLOW, activation().state, event).state.updated_at == at


def test_a_proof_counts_only_at_its_level_and_by_a_method_of_the_step() -> None:
    journey = activation()
    journey.answer(last4="4417", expiry="2030-11")
    proof = events.IdentityProved(step="prove_identity", level=2, method="passkey", **BY)
    assert step(FLOW, journey.state, proof).state.step == "activate"
    with pytest.raises(NotAllowed):
        step(FLOW, journey.state, replace(proof, level=1))


@pytest.mark.parametrize("code", get_args(events.Refusal))
def test_the_third_guess_is_denied_and_what_is_no_guess_never(code: events.Refusal) -> None:
    journey = activation()
    journey.answer(last4="4417", expiry="2030-11")
    refused = events.IdentityRefused(step="prove_identity", code=code, **BY)
    for _ in range(2):
        journey.put(refused)
        assert journey.state.step == "prove_identity"
        assert journey.state.notice is not None
        assert journey.state.notice.code == code
    journey.put(refused)
    is_guess = code in {"WRONG", "TOO_WEAK", "PASSKEY_REFUSED"}
    assert (journey.state.step == "human") == is_guess


def test_a_backend_cannot_fill_the_state_with_its_code() -> None:
    journey = Journey(FLOW, card_id="card-1")
    journey.fail("error", "x" * 1000)
    assert [len(failure.code) for failure in journey.state.failures] == [64]
