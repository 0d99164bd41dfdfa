"""How do the tests drive a run? As the edge does: validate, append the event, move on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from selfservice.answers import answer, begin
from selfservice.definition import Definition, load
from selfservice.effects import Effect, PerformAction
from selfservice.events import (
    Acted,
    Actor,
    Cancelled,
    Event,
    HandedBack,
    HelpAsked,
    IdentityProved,
    IdentityRefused,
)
from selfservice.run import step
from selfservice.state import State
from selfservice.texts import Catalogues, Texts
from selfservice.uploaded import File

BANK = Path(__file__).parents[3] / "examples" / "bank"
START = datetime(2026, 11, 20, 9, 41, tzinfo=UTC)
CUSTOMER = Actor(kind="customer", id="maya")
AGENT = Actor(kind="agent", id="ines")
SYSTEM = Actor(kind="system")
RUN = UUID("0190c1d2-0000-7000-8000-000000000001")
DIGITS = {"last4": "4417", "expiry": "11/30"}


def bank_flow() -> Definition:
    path = BANK / "flows" / "activate_debit_card.yaml"
    return load(path.read_text(), path.name)


def english() -> Texts:
    return Catalogues(BANK / "texts", missing=_no_text_is_missing).texts("en")


def any_words() -> Texts:
    """English, with words made of the keys that no catalogue has."""
    return Catalogues(BANK / "texts").texts("en")


def _no_text_is_missing(locale: str, key: str) -> None:
    raise AssertionError(f"no words for {key}")


def seal(plain: str) -> str:
    return "sealed-" + plain.translate(str.maketrans("0123456789", "qwertyuiop"))


class Journey:
    """One run with its log; every event goes through the same door."""

    def __init__(self, definition: Definition, **inputs: Any) -> None:
        self.definition = definition
        self.now = START
        self.log: list[Event] = []
        self.effects: list[Effect] = []
        self.files: dict[str, File] = {}
        """What the customer has sent up, by its id."""
        self.state: State = self._put(begin(definition, RUN, inputs, self.now, CUSTOMER), None)

    def _put(self, event: Event, state: State | None) -> State:
        moved = step(self.definition, state, event)
        self.log.append(event)
        self.effects.extend(moved.effects)
        self.now += timedelta(seconds=5)
        return moved.state

    def put(self, event: Event) -> State:
        self.state = self._put(event, self.state)
        return self.state

    def answer(self, **values: Any) -> State:
        return self.put(
            answer(
                self.definition,
                self.state,
                self.state.step,
                values,
                seal,
                self.now,
                CUSTOMER,
                self.files,
            )
        )

    def act(self, **result: Any) -> State:
        """The backend answers with this result."""
        return self._acted("ok", result, None)

    def fail(self, outcome: Literal["error", "unknown"], code: str | None = None) -> State:
        """The backend could not, or nobody knows."""
        return self._acted(outcome, {}, code)

    def _acted(
        self, outcome: Literal["ok", "error", "unknown"], result: dict[str, Any], code: str | None
    ) -> State:
        pending = self.state.pending
        assert pending is not None, "no action is pending"
        return self.put(
            Acted(
                at=self.now,
                actor=SYSTEM,
                step=pending.step,
                visit=pending.visit,
                check=pending.check,
                outcome=outcome,
                code=code,
                result=result,
            )
        )

    def prove(self) -> State:
        event = IdentityProved(
            at=self.now, actor=CUSTOMER, step=self.state.step, level=2, method="otp_host"
        )
        return self.put(event)

    def fail_proof(self, code: Literal["WRONG", "EXPIRED", "USED_UP"] = "WRONG") -> State:
        return self.put(
            IdentityRefused(at=self.now, actor=CUSTOMER, step=self.state.step, code=code)
        )

    def help(self) -> State:
        return self.put(HelpAsked(at=self.now, actor=CUSTOMER, channel="video"))

    def hand_back(self, step: str | None = None) -> State:
        return self.put(HandedBack(at=self.now, actor=AGENT, step=step))

    def cancel(self) -> State:
        return self.put(Cancelled(at=self.now, actor=CUSTOMER))

    @property
    def performed(self) -> list[PerformAction]:
        return [effect for effect in self.effects if isinstance(effect, PerformAction)]


def activation(*, mismatches: int = 0) -> Journey:
    """An activation at its digits, `mismatches` of them behind it."""
    journey = Journey(bank_flow(), card_id="card-1")
    journey.act(status="sent", sent_on="2026-11-17")
    for _ in range(mismatches):
        mismatch(journey)
    return journey


def mismatch(journey: Journey) -> State:
    """Digits that the bank refuses; the identity is proved where it is asked for."""
    journey.answer(**DIGITS)
    if journey.state.step == "prove_identity":
        journey.prove()
    return journey.act(code="DIGITS_MISMATCH")
