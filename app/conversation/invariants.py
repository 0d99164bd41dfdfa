"""What must hold of what is stored, whatever was killed in between; each check is a pure function.

The store's own rules and the verbs keep all of it. What these checks find is a mistake in one of
them, or a database that somebody else wrote to.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from msgspec import Struct, json

from app.conversation import interaction as life
from app.conversation.context import Context
from app.conversation.interaction import WAITING, Interaction
from app.conversation.matching import Need, required, spoken, suits
from app.conversation.participant import Participant, State
from app.conversation.people import Intent, Workload
from app.conversation.queues import Queue
from app.conversation.redaction import TooLarge, redact
from app.conversation.routing import queue_of
from app.conversation.timeline import TAIL, Tail

SLACK = timedelta(seconds=5)
"""So late may be done what is done every second: the job may be waiting for the database."""

GONE_FOR = timedelta(minutes=2)
"""An agent who signed off so long ago does not come back to what they left live."""


class Broken(StrEnum):
    """What does not hold. The value is told in logs; docs/operations.md has them all."""

    TWO_OPEN = "two_open"
    HELD_BY_NOBODY = "held_by_nobody"
    HELD_BY_TWO = "held_by_two"
    COUNTED_THOUGH_CLOSED = "counted_though_closed"
    CALL_MISSING = "call_missing"
    ENDLESS_WRAP_UP = "endless_wrap_up"
    ENDLESS_OFFER = "endless_offer"
    LATE_OFFER = "late_offer"
    LATE_WRAP_UP = "late_wrap_up"
    LATE_ASKING = "late_asking"
    BESIDE_WHAT_IS_OVER = "beside_what_is_over"
    LATE_CALL = "late_call"
    CALL_LEFT_OVER = "call_left_over"
    RUN_LEFT_BEHIND = "run_left_behind"
    LEFT_ALONE = "left_alone"
    TIMELINE_GAP = "timeline_gap"
    BESIDE_ONESELF = "beside_oneself"
    SHOWN_TO_CUSTOMER = "shown_to_customer"
    NOBODY_COULD_COME = "nobody_could_come"
    NOT_REDACTED = "not_redacted"
    PLACE_LOST = "place_lost"
    DELIVERY_STUCK = "delivery_stuck"
    DEAD_WITHOUT_REASON = "dead_without_reason"


INVARIANT: dict[Broken, str] = {
    Broken.TWO_OPEN: "I1",
    Broken.HELD_BY_NOBODY: "I2",
    Broken.HELD_BY_TWO: "I2",
    Broken.COUNTED_THOUGH_CLOSED: "I3",
    Broken.CALL_MISSING: "I3",
    Broken.ENDLESS_WRAP_UP: "I4",
    Broken.ENDLESS_OFFER: "I4",
    Broken.LATE_OFFER: "I5",
    Broken.LATE_WRAP_UP: "I5",
    Broken.LATE_ASKING: "I5",
    Broken.BESIDE_WHAT_IS_OVER: "I5",
    Broken.LATE_CALL: "I5",
    Broken.CALL_LEFT_OVER: "I5",
    Broken.RUN_LEFT_BEHIND: "I5",
    Broken.LEFT_ALONE: "I5",
    Broken.TIMELINE_GAP: "I6",
    Broken.BESIDE_ONESELF: "I7",
    Broken.SHOWN_TO_CUSTOMER: "I8",
    Broken.NOBODY_COULD_COME: "I9",
    Broken.NOT_REDACTED: "I10",
    Broken.PLACE_LOST: "I11",
    Broken.DELIVERY_STUCK: "I12",
    Broken.DEAD_WITHOUT_REASON: "I12",
}


class Violation(Struct, frozen=True):
    """What is broken, and of which row it is."""

    broken: Broken
    id: UUID


def of_interaction(one: Interaction, now: datetime) -> Iterator[Violation]:
    """I2, I4, I5, I11: exactly one agent has what somebody has, in time, at the old place."""
    if _is_held_by_nobody(one):
        yield Violation(Broken.HELD_BY_NOBODY, one.id)
    if _is_held_by_two(one):
        yield Violation(Broken.HELD_BY_TWO, one.id)
    if one.state is life.State.OFFERED and one.offer and one.offer.expires_at + SLACK < now:
        yield Violation(Broken.LATE_OFFER, one.id)
    if one.state is life.State.WRAP_UP:
        if one.wrap_up_until is None:
            yield Violation(Broken.ENDLESS_WRAP_UP, one.id)
        elif one.wrap_up_until + SLACK < now:
            yield Violation(Broken.LATE_WRAP_UP, one.id)
    if _has_lost_its_place(one, now):
        yield Violation(Broken.PLACE_LOST, one.id)


def of_participant(one: Participant, beside: Interaction, now: datetime) -> Iterator[Violation]:
    """I2, I3, I4, I5, I7 of a colleague who was asked or joined, beside this interaction."""
    if one.closed_at is not None:
        return
    if one.state is State.CLOSED:
        yield Violation(Broken.COUNTED_THOUGH_CLOSED, one.id)
        return
    if one.state is not State.ASKED and one.agent_id is None:
        yield Violation(Broken.HELD_BY_NOBODY, one.id)
    if one.agent_id is not None and one.agent_id == beside.agent_id:
        yield Violation(Broken.BESIDE_ONESELF, one.id)
    if beside.state is not life.State.LIVE:
        if (beside.ended_at or one.asked_at) + SLACK < now:
            yield Violation(Broken.BESIDE_WHAT_IS_OVER, one.id)
    elif one.state is State.OFFERED and one.expires_at is None:
        yield Violation(Broken.ENDLESS_OFFER, one.id)
    elif _is_late(one, now):
        yield Violation(Broken.LATE_ASKING, one.id)


def of_customers(open_ones: Sequence[Interaction]) -> Iterator[Violation]:
    """I1: of the open ones, in the order of their customers, no two are of one customer."""
    for one, other in pairwise(open_ones):
        if one.customer_id == other.customer_id:
            yield Violation(Broken.TWO_OPEN, other.id)


def of_team(
    one: Interaction, team: Sequence[Workload], queues: Mapping[str, Queue], now: datetime
) -> Iterator[Violation]:
    """I5, I9: whoever waits can be answered by somebody, and nobody is left alone by an agent."""
    if one.state is life.State.QUEUED and not _can_anybody_come(one, team, queues):
        yield Violation(Broken.NOBODY_COULD_COME, one.id)
    if one.state is life.State.LIVE:
        has = next((load for load in team if load.agent.id == one.agent_id), None)
        if has is not None and _is_gone(has, now):
            yield Violation(Broken.LEFT_ALONE, one.id)


def of_tail(tail: Tail) -> Iterator[Violation]:
    """I6, I8: seq is dense up to the head, and what is for agents is not for the customer."""
    dense = tail.stored == min(tail.head, TAIL) and tail.last == tail.head
    if tail.last_shown is None:
        dense = dense and tail.customer_head <= max(tail.head - TAIL, 0)
    else:
        dense = dense and tail.customer_head == tail.last_shown
    if not dense:
        yield Violation(Broken.TIMELINE_GAP, tail.conversation_id)
    if tail.wrongly_shown:
        yield Violation(Broken.SHOWN_TO_CUSTOMER, tail.conversation_id)


def of_context(context: Context) -> Iterator[Violation]:
    """I10: nothing that the redactor would take out today is in there, and it is not too large."""
    if not (_is_redacted(context.app_state) and _is_redacted(context.actions)):
        yield Violation(Broken.NOT_REDACTED, context.interaction_id)


def _is_held_by_nobody(one: Interaction) -> bool:
    if one.state is life.State.OFFERED:
        return one.offer is None
    return one.state is life.State.LIVE and one.agent_id is None


def _is_held_by_two(one: Interaction) -> bool:
    """An agent has what waits, or is offered what does not."""
    if one.state in WAITING and one.agent_id is not None:
        return True
    return one.offer is not None and one.state is not life.State.OFFERED


def _has_lost_its_place(one: Interaction, now: datetime) -> bool:
    """It counts as asked for after what has happened to it since."""
    offered_at = one.offer.offered_at if one.offer else None
    later = (one.wait_began_at, offered_at, one.accepted_at, one.paused_at, now)
    return any(at is not None and one.enqueued_at > at + SLACK for at in later)


def _is_late(one: Participant, now: datetime) -> bool:
    if one.state is State.OFFERED:
        return one.expires_at is not None and one.expires_at + SLACK < now
    return one.state is State.ASKED and one.until + SLACK < now


def _can_anybody_come(
    one: Interaction, team: Sequence[Workload], queues: Mapping[str, Queue]
) -> bool:
    """Whether there is an agent of the right kind, at work or not: this wait can end."""
    queue = queue_of(queues, one.queue)
    overflow = queue.overflow.queue if queue.overflow else None
    need = Need(one.queue, overflow, spoken(queue, one.language), required(queue, one))
    wanted = one.wanted.agent_id if one.wanted else None
    able = (load for load in team if load.capacity(one.channel) > 0)
    return any(load.agent.id == wanted or suits(load.agent, need) for load in able)


def _is_gone(load: Workload, now: datetime) -> bool:
    agent = load.agent
    signed_off = agent.intent is Intent.OFFLINE and not load.reachable
    return signed_off and agent.intent_since is not None and agent.intent_since + GONE_FOR < now


def _is_redacted(value: Any) -> bool:
    plain = json.decode(json.encode(value))
    try:
        return bool(redact(plain).value == plain)
    except TooLarge:
        return False
