"""Which human gets a run, and how urgently?"""

from __future__ import annotations

from datetime import datetime

from selfservice.definition import Definition
from selfservice.effects import Escalate
from selfservice.expression import Scope
from selfservice.language import Channel, Handoff, HandoffRule
from selfservice.scope import scope
from selfservice.state import State

ANY_CHANNEL: tuple[Channel, ...] = ("text", "voice", "video")


def escalation(definition: Definition, state: State, at: datetime) -> Escalate | None:
    """Whom the run would go to now: the flow's own handoff where it stands at one, else the
    help button's queue; None where the flow names neither."""
    present = definition.steps[state.step]
    if isinstance(present, Handoff):
        return handed_off(definition, state, present, at)
    return helped(definition, state)


def handed_off(definition: Definition, state: State, present: Handoff, at: datetime) -> Escalate:
    """The flow itself gives up."""
    rule = present.handoff
    return Escalate(
        run=state.run,
        queue=rule.queue,
        reason=rule.reason,
        channels=rule.channels,
        priority=_priority(rule, scope(definition, state, at)),
        crisis=definition.crisis_at(state.step) or rule.crisis,
        callback=rule.callback,
        skills=rule.skills,
    )


def helped(definition: Definition, state: State) -> Escalate | None:
    """The customer presses help."""
    wanted = definition.help_at(state.step)
    if wanted is None:
        return None
    return Escalate(
        run=state.run,
        queue=wanted.queue,
        reason=wanted.reason,
        channels=ANY_CHANNEL,
        priority=wanted.priority,
        crisis=definition.crisis_at(state.step) or wanted.crisis,
        skills=wanted.skills,
    )


def stuck(definition: Definition, state: State) -> Escalate:
    """The flow ran in circles."""
    wanted = definition.help_at(state.step)
    return Escalate(
        run=state.run,
        queue=wanted.queue if wanted else "default",
        reason="loop",
        channels=ANY_CHANNEL,
        priority=wanted.priority if wanted else 1,
        crisis=definition.crisis_at(state.step) or (wanted is not None and wanted.crisis),
        skills=wanted.skills if wanted else {},
    )


def _priority(rule: HandoffRule, at_hand: Scope) -> int:
    if isinstance(rule.priority, int):
        return rule.priority
    for line in rule.priority:
        if line.is_ is not None and line.if_ is not None and line.if_.holds(at_hand):
            return line.is_
    return rule.priority[-1].else_ or 0
