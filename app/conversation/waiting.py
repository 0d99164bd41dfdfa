"""How long somebody will wait: an honest range, held against how it went for others.

First a model says what to expect from the line: everybody ahead needs one of the agents to come
free, and that happens every `handled / room` seconds. It is the queue-length predictor of Whitt
(1999) and Ibrahim and Whitt (2009), better than delays of the past where the line grows or
shrinks. Those ahead who give up shorten it: with n turns of t seconds and a rate r of giving up
it is the sum of 1 / (1/t + i r), about ln(1 + n t r) / r.

It knows nothing of breaks, declined offers or those yet to come with more priority. So its error
is measured: what those answered of late did wait, over what was expected of them when they asked.
The quantiles of that ratio among those who stood in about as long a line turn one number into a
range that holds as often as it says (split conformal prediction, Vovk; made local by the nearest
neighbours).
"""

from collections.abc import Sequence
from datetime import datetime
from math import ceil, log1p
from operator import itemgetter

from msgspec import Struct

from app.conversation.errors import NotAllowed
from app.conversation.interaction import Interaction
from app.conversation.line import Line

UNKNOWN_HANDLE_S = 180
"""Length of an interaction assumed until there is history: three minutes."""

ANSWER_S = 5
"""What it takes an agent who is free to read the offer and accept it."""

REMEMBERED = 200
"""So many who waited last are looked at: at 600 an hour those of 20 minutes."""

NEIGHBOURS = 60
"""The range rests on so many of them. With 60, nine in ten is known to about 4 points."""

NEGLIGIBLE = 0.001
"""Below it the logarithm is a straight line, to a tenth of a percent."""

ASSUMED = (0.1, 0.2, 0.4, 0.5, 0.7, 0.9, 1.2, 1.6, 2.3, 3.0)
"""Errors assumed until there are as many real ones: the deciles of an exponential wait."""


DRIFT = 1.25
"""In a long line all are early or late together, by up to a quarter within half an hour of a
storm (examples/scenarios/storm.yaml): errors of the last 20 minutes are too much alike to tell."""


class Wait(Struct, frozen=True, kw_only=True):
    """Half of all people wait less than p50, nine in ten less than p90 (seconds)."""

    p50_s: int
    p90_s: int


class Outcome(Struct, frozen=True, kw_only=True):
    """How it went for somebody: what was expected of the wait when they asked, and what it was."""

    waited_s: float
    expected_s: float | None = None  # None: nobody was there
    left: bool = False  # before anybody answered


def waited_until(one: Interaction) -> datetime:
    until = one.accepted_at or one.ended_at
    if until is None:
        raise NotAllowed("look back", one.state.value)
    return until


def outcome_of(one: Interaction) -> Outcome:
    """Of somebody whose wait is over: answered, or left."""
    return outcome(one.waiting_since, one.accepted_at, waited_until(one), one.expected_s)


def outcome(
    began: datetime, accepted: datetime | None, ended: datetime, expected_s: float | None
) -> Outcome:
    """The same of its moments alone."""
    waited_s = ((accepted or ended) - began).total_seconds()
    return Outcome(waited_s=waited_s, expected_s=expected_s, left=accepted is None)


def expected_s(line: Line, handled_s: Sequence[float], outcomes: Sequence[Outcome]) -> float | None:
    """What the model expects; None when nobody is there at all: no honest number exists then."""
    if line.room == 0:
        return None
    if line.free > line.ahead:
        return ANSWER_S
    handled = sum(handled_s) / len(handled_s) if handled_s else UNKNOWN_HANDLE_S
    turns, turn_s = line.ahead - line.free + 1, handled / line.room
    left = _left_per_s(outcomes)
    if left * turn_s * turns < NEGLIGIBLE:
        return ANSWER_S + turns * turn_s
    return ANSWER_S + log1p(turns * turn_s * left) / left


def estimate(expected_s: float, outcomes: Sequence[Outcome]) -> Wait:
    """The range around what is expected, by how wrong that was for those answered last."""
    errors = _errors(expected_s, outcomes)
    p50, p90 = (expected_s * _quantile(errors, share) for share in (0.5, 0.9))
    if expected_s > ANSWER_S:
        p90 = max(p90, p50 * DRIFT)
    return Wait(p50_s=ceil(p50), p90_s=ceil(p90))


def _left_per_s(outcomes: Sequence[Outcome]) -> float:
    """How many of those who wait give up in a second."""
    waited = sum(one.waited_s for one in outcomes)
    return sum(one.left for one in outcomes) / max(waited, 1.0)


def _errors(expected_s: float, outcomes: Sequence[Outcome]) -> list[float]:
    """Waited over expected, of those of whom about the same was expected; sorted.

    `outcomes` come newest first, and of those equally near the newest are taken.
    """
    known = [
        (_apart(one.expected_s, expected_s), one.waited_s / one.expected_s)
        for one in outcomes
        if one.expected_s and not one.left
    ]
    near = [error for _, error in sorted(known, key=itemgetter(0))[:NEIGHBOURS]]
    return sorted((*near, *ASSUMED[len(near) :]))


def _apart(one: float, other: float) -> float:
    """How many times the larger is the smaller."""
    return one / other if one > other else other / one


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that a further one stays below with this chance, or the largest known."""
    place = ceil((len(ordered) + 1) * share)
    return ordered[min(len(ordered), place) - 1]
