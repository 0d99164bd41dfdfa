"""How does a run go, with a back end that does what was written down?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from selfservice.answers import answer, begin
from selfservice.definition import Definition
from selfservice.duration import seconds
from selfservice.effects import Effect, PerformAction
from selfservice.errors import FieldError, InvalidAnswer, NotAllowed
from selfservice.events import (
    Acted,
    Actor,
    Cancelled,
    Event,
    HandedBack,
    HelpAsked,
    IdentityProved,
    IdentityRefused,
    Reopened,
    Woke,
)
from selfservice.language import StepUp, Wait, fields_of
from selfservice.run import step
from selfservice.state import State
from selfservice.testing.cases import Given, Outcome

CANCEL = "on.cancel.goto"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RUN = UUID(int=1)
CUSTOMER, AGENT, SYSTEM = (Actor(kind=kind) for kind in ("customer", "agent", "system"))

_LATER = re.compile("([1-9][0-9]{0,4}[smhd]) later")
_BACK = "back to "
_SEAL = "sealed:"


class NotPlayed(Exception):
    """The run does not go as it was written down; the message says why."""


class Play:
    """One run, from its start to the last thing that the customer does."""

    def __init__(self, definition: Definition, given: Given) -> None:
        """Begin the run. Raises NotPlayed."""
        self.definition = definition
        self.now = given.now or NOON
        self.effects: list[Effect] = []
        self.by_hand: set[str] = set()
        """Places of the arrows that people took: to cancel, and to hand back."""
        self.refused: Mapping[str, FieldError] = {}
        self._stubs = given.stubs
        self._calls: Counter[str] = Counter()
        try:
            started = begin(definition, RUN, given.inputs, self.now, CUSTOMER, given.app)
        except InvalidAnswer as error:
            raise NotPlayed(f"inputs that do not fit: {', '.join(sorted(error.errors))}") from None
        self.state: State = self._moved(None, started)
        self._settle()

    def act(self, what: str | dict[str, Any]) -> None:
        """Do one thing that is written under `answers`. Raises NotPlayed."""
        if self.refused:
            raise NotPlayed(f"the answer before was refused: {', '.join(sorted(self.refused))}")
        if isinstance(what, str):
            self._say(what)
        else:
            for name, values in what.items():
                self._answer(name, values)
        self._settle()

    @property
    def performed(self) -> list[PerformAction]:
        """Every call of the back end so far."""
        return [one for one in self.effects if isinstance(one, PerformAction)]

    def _say(self, word: str) -> None:
        match word:
            case "cancel":
                self._put(Cancelled(at=self.now, actor=CUSTOMER))
                self.by_hand.add(CANCEL)
            case "help":
                self._put(HelpAsked(at=self.now, actor=CUSTOMER, channel="text"))
            case "hand_back":
                if self.state.resume_at is not None:
                    self.by_hand.add(f"steps.{self.state.step}.resume_at")
                self._put(HandedBack(at=self.now, actor=AGENT))
            case _ if found := _LATER.fullmatch(word):
                self.now += timedelta(seconds=seconds(found[1]))
                self._wake()
            case _ if word.startswith(_BACK):
                step = word.removeprefix(_BACK)
                self._put(Reopened(at=self.now, actor=CUSTOMER, step=step))
            case _:
                raise NotPlayed(
                    f"`{word}` is none of cancel, help, hand_back, `back to step`, `10m later`"
                )

    def _answer(self, name: str, values: Any) -> None:
        if name != self.state.step:
            raise NotPlayed(f"the run is at `{self.state.step}`, not at `{name}`")
        present = self.definition.steps[name]
        if isinstance(present, StepUp):
            self._prove(present, values)
            return
        if isinstance(present, Wait):
            self._happen(name, values)
            return
        fields = fields_of(name, present)
        if values is not None and not isinstance(values, dict):
            values = dict.fromkeys(fields, values)
        try:
            self._put(
                answer(self.definition, self.state, name, values or {}, _seal, self.now, CUSTOMER)
            )
        except InvalidAnswer as error:
            self.refused = error.errors
        except NotAllowed as error:
            raise NotPlayed(str(error)) from None

    def _wake(self) -> None:
        """A wait whose time is over goes on by itself."""
        until, name = self.state.until, self.state.step
        if until is not None and until <= self.now:
            visit = self.state.visits[name]
            self._put(Woke(at=self.now, actor=SYSTEM, step=name, visit=visit))

    def _happen(self, name: str, said: Any) -> None:
        """An event of the company's: `customer_returns`, or `{parcel.late: {days: 3}}`."""
        event, data = next(iter(said.items())) if isinstance(said, dict) else (said, {})
        if not isinstance(event, str) or not isinstance(data, dict):
            raise NotPlayed(f"`{name}` waits: write the event, or `{{event: {{...}}}}`")
        visit = self.state.visits[name]
        woke = Woke(at=self.now, actor=SYSTEM, step=name, visit=visit, event=event, data=data)
        self._put(woke)

    def _prove(self, present: StepUp, said: Any) -> None:
        name, rule = self.state.step, present.stepup
        match said:
            case "accepted":
                method = rule.methods[0]
                self._put(
                    IdentityProved(
                        at=self.now, actor=CUSTOMER, step=name, level=rule.level, method=method
                    )
                )
            case "refused":
                self._put(IdentityRefused(at=self.now, actor=CUSTOMER, step=name))
            case _:
                raise NotPlayed(f"`{name}` proves the identity: write `accepted` or `refused`")

    def _settle(self) -> None:
        """Let the back end do what it is asked for."""
        while (pending := self.state.pending) is not None:
            wanted = self.performed[-1]
            outcome, result = _outcome(self._stubbed(wanted.name))
            self._put(
                Acted(
                    at=self.now,
                    actor=SYSTEM,
                    step=pending.step,
                    visit=pending.visit,
                    check=pending.check,
                    outcome=outcome,
                    result=result,
                )
            )

    def _stubbed(self, name: str) -> Outcome:
        stub = self._stubs.get(name)
        if stub is None:
            raise NotPlayed(f"`{name}` is called, and `stubs` does not say what it does")
        at = self._calls[name]
        self._calls[name] += 1
        if not isinstance(stub, tuple):
            return stub
        if at >= len(stub):
            raise NotPlayed(f"`{name}` is called more than {len(stub)} times")
        return stub[at]

    def _put(self, event: Event) -> None:
        try:
            self.state = self._moved(self.state, event)
        except NotAllowed as error:
            raise NotPlayed(str(error)) from None

    def _moved(self, state: State | None, event: Event) -> State:
        moved = step(self.definition, state, event)
        self.effects.extend(moved.effects)
        return moved.state


def sent(call: PerformAction) -> dict[str, Any]:
    """What a call carries, sealed values opened."""
    opened = {name: one["token"].removeprefix(_SEAL) for name, one in call.sealed.items()}
    return {**call.input, **opened}


def _seal(plain: str) -> str:
    return _SEAL + plain


def _outcome(stub: Outcome) -> tuple[Literal["ok", "error", "unknown"], dict[str, Any]]:
    return ("ok", stub) if isinstance(stub, dict) else (stub, {})
