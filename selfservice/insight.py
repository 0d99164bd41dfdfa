"""How did a run go, step by step? Its log is counted: what happened where, and never a value.

The counts of a run follow from its log, the time, and when its customer asked for a human. They
change while the run goes on, and once more SETTLED after it last moved: by then it is known whether
it was left behind, or whether its customer came back.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from selfservice import events
from selfservice.definition import Definition
from selfservice.events import Event
from selfservice.language import Action, Blocking, End, Handoff, Wait, fields_of
from selfservice.run import step
from selfservice.state import State, Status, blocking, place
from selfservice.versions import effective

SETTLED = timedelta(days=7)
"""So long a run may lie still before it counts as left, and may be followed by a request for a
human before it counts as the end of the matter."""

OTHER = "other"
"""Stands for a field that the step does not have, and for a code that is no plain word."""

SHOWN = (Blocking, Action, Wait, Handoff, End)
"""The kinds of steps that are counted; those that only compute or call say nothing of people."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")


class What(StrEnum):
    """What is counted. The first ones of a run as a whole, the others of one of its steps.

    A run counts once for each, however often it came to a step; only `invalid`, `failed`, `stayed`
    and `help` count every time.
    """

    STARTED = "started"
    SOLVED = "solved"
    SOLVED_ALONE = "solved_alone"  # no human had a part in it
    CAME_BACK = "came_back"  # solved alone, and a human was asked within SETTLED: it was not solved
    ABANDONED = "abandoned"
    REFUSED = "refused"  # the flow said no
    EXPIRED = "expired"
    LYING = "lying"  # still open, and untouched for longer than SETTLED
    LASTED = "lasted"  # by bucket: how long the solved ones took
    HELPED = "helped"
    ESCALATED = "escalated"  # the flow gave up; of a step: the last at which the customer stood
    ENTERED = "entered"
    ANSWERED = "answered"  # an action: it did its work
    LEFT = "left"  # the customer's last step in a run that expired, was cancelled or lies
    STAYED = "stayed"  # by bucket: from coming to a step to going on, without a human
    HELP = "help"
    INVALID = "invalid"  # by field and code
    FAILED = "failed"  # by code


Key = tuple[str, What, str]
"""The step (empty: the run), what is counted, and of which field, code or bucket."""


def tally(
    definition: Definition, log: Sequence[Event], now: datetime, asked: Iterable[datetime]
) -> Counter[Key]:
    """The counts of one run. `asked`: when its customer asked for a human, in any matter.

    Raises NotAllowed for a log that this version of the flow cannot have led to.
    """
    walk = _Walk(definition)
    for event in _counting(definition, log):
        walk.take(event)
    return walk.counted(now, asked)


def look_again_at(status: str, updated_at: datetime, now: datetime) -> datetime | None:
    """When the counts may change by time alone; None: never, or only with the next event."""
    due = updated_at + SETTLED
    settles = status in {Status.ACTIVE, Status.WAITING, Status.SOLVED}
    return due if settles and due >= now else None


def bucket(took: timedelta) -> str:
    """The bucket of a duration: two to each doubling, so a duration is known within a fifth."""
    seconds = max(took.total_seconds(), 0.01)
    return str(min(max(math.floor(2 * math.log2(seconds)), -8), 50))


def quantile(buckets: Mapping[str, int], q: float) -> float | None:
    """The duration in seconds below which the part `q` lies; None where there is nothing."""
    total = sum(buckets.values())
    if total <= 0:
        return None
    so_far = 0
    for name, count in sorted(buckets.items(), key=lambda one: int(one[0])):
        so_far += count
        if so_far >= q * total:
            return round(2 ** ((int(name) + 0.5) / 2), 1)
    return None


def _counting(definition: Definition, log: Sequence[Event]) -> list[Event]:
    """The events that count, as if the run had begun on this version."""
    past = effective(log)
    if past and isinstance(past[0], events.Started):
        past[0] = replace(past[0], version=definition.version)
    return past


class _Walk:
    """Goes along a log and notes what happens."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._state: State | None = None
        self._stood = ""
        """The last step at which the customer could answer."""
        self._came_at: datetime | None = None
        self._alone = True
        """No human looked on since the run came to its present step."""
        self._with_human = False
        """A human had a part in the run."""
        self._cancelled = False
        self._every: Counter[Key] = Counter()
        self._once: set[Key] = set()

    def take(self, event: Event) -> None:
        before = self._state
        after = step(self._definition, before, event).state
        self._state = after
        if before is not None:
            self._note(before, event, after)
        self._arrive(before, event, after)

    def counted(self, now: datetime, asked: Iterable[datetime]) -> Counter[Key]:
        state = self._state
        if state is None:
            return Counter()
        for name in state.visits:
            if isinstance(self._definition.steps[name], SHOWN):
                self._mark(name, What.ENTERED)
        self._mark("", What.STARTED)
        self._end(state, now, asked)
        return self._every + Counter(self._once)

    def _note(self, before: State, event: Event, after: State) -> None:
        at = before.step
        failure = after.failures[-1] if after.failures != before.failures else None
        match event:
            case events.Answered() | events.IdentityProved() | events.Woke():
                self._through(at, event)
            case events.Acted():
                if failure is None and after.step != at:
                    self._through(at, event)
                elif failure is not None:
                    self._every[failure.source, What.FAILED, _word(failure.code)] += 1
            case events.Invalid():
                self._invalid(event)
            case events.IdentityRefused():
                self._every[at, What.INVALID, f"identity:{event.code}"] += 1
            case events.HelpAsked():
                self._every[place(before), What.HELP, ""] += 1
                self._mark("", What.HELPED)
            case events.Cancelled():
                self._cancelled = after.status is Status.ABANDONED
        if after.status is Status.WITH_HUMAN and not isinstance(event, events.HelpAsked):
            self._given_up(before, at)

    def _given_up(self, before: State, at: str) -> None:
        if before.status is not Status.WITH_HUMAN:
            self._mark(self._stood or at, What.ESCALATED)
            self._mark("", What.ESCALATED)

    def _through(self, at: str, event: Event) -> None:
        self._mark(at, What.ANSWERED)
        if self._came_at is not None and self._alone:
            self._every[at, What.STAYED, bucket(event.at - self._came_at)] += 1

    def _invalid(self, event: events.Invalid) -> None:
        known = fields_of(event.step, self._definition.steps[event.step])
        codes = event.codes or ("",) * len(event.fields)
        for name, code in zip(event.fields, codes, strict=False):
            field = name.partition("[")[0]  # of a list, whichever entry it was
            said = field if field in known else OTHER
            self._every[event.step, What.INVALID, f"{said}:{_word(code) if code else ''}"] += 1

    def _arrive(self, before: State | None, event: Event, after: State) -> None:
        if before is None or after.visits != before.visits:
            self._came_at, self._alone = event.at, True
        if after.status is Status.WITH_HUMAN:
            self._alone, self._with_human = False, True
        if blocking(self._definition, after) is not None:
            self._stood = after.step

    def _end(self, state: State, now: datetime, asked: Iterable[datetime]) -> None:
        if state.status is Status.SOLVED:
            self._solved(state, asked)
        elif state.status is Status.ABANDONED:
            self._mark("", What.REFUSED if state.outcome == "refused" else What.ABANDONED)
        elif state.status is Status.EXPIRED:
            self._mark("", What.EXPIRED)
        lies = state.status is Status.ACTIVE and now - state.updated_at > SETTLED
        if lies:
            self._mark("", What.LYING)
        if (lies or self._cancelled or state.status is Status.EXPIRED) and self._stood:
            self._mark(self._stood, What.LEFT)

    def _solved(self, state: State, asked: Iterable[datetime]) -> None:
        self._mark("", What.SOLVED)
        self._every["", What.LASTED, bucket(state.updated_at - state.started_at)] += 1
        if self._with_human:
            return
        self._mark("", What.SOLVED_ALONE)
        over = state.updated_at
        if any(over < at <= over + SETTLED for at in asked):
            self._mark("", What.CAME_BACK)

    def _mark(self, name: str, what: What) -> None:
        self._once.add((name, what, ""))


def _word(code: str) -> str:
    """A code as it is counted: what is no plain word could be a value."""
    return code if _CODE.fullmatch(code) else OTHER
