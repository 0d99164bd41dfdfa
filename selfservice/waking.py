"""What makes a run go on that rests: its time, its customer, or the company?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from selfservice.definition import Definition
from selfservice.events import Actor, Nudged, Reopened, Woke
from selfservice.forgetting import asked_again
from selfservice.language import Wait
from selfservice.replaying import stale_read
from selfservice.state import State, Status, wakes_at

CUSTOMER_RETURNS = "customer_returns"
SYSTEM = Actor(kind="system")


def due(definition: Definition, state: State, at: datetime) -> Woke | Nudged | None:
    """What time does to the run now; None: nothing yet."""
    when = wakes_at(definition, state)
    if when is None or at < when:
        return None
    if isinstance(definition.steps[state.step], Wait):
        return Woke(at=at, actor=SYSTEM, step=state.step, visit=state.visits[state.step])
    return Nudged(at=at, actor=SYSTEM)


def returned(
    definition: Definition, state: State, at: datetime, actor: Actor
) -> Woke | Reopened | None:
    """What it does to the run that its customer opens it again; None: nothing."""
    woken = happened(definition, state, CUSTOMER_RETURNS, {}, at, actor)
    stale = stale_read(definition, state, at) if state.status is Status.ACTIVE else None
    stale = asked_again(definition, state) or stale
    if woken is not None or stale is None:
        return woken
    return Reopened(at=at, actor=SYSTEM, step=stale)


def happened(
    definition: Definition,
    state: State,
    event: str,
    data: dict[str, Any],
    at: datetime,
    actor: Actor = SYSTEM,
) -> Woke | None:
    """What an event of the company's does to the run; None where it does not wait for it."""
    step = definition.steps[state.step]
    rests = state.status in {Status.WAITING, Status.WITH_HUMAN}
    if not isinstance(step, Wait) or step.wait.or_event != event or not rests:
        return None
    visit = state.visits[state.step]
    return Woke(at=at, actor=actor, step=state.step, visit=visit, event=event, data=data)
