"""The passkeys of runs: offered at a step-up, asked for, answered."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.conversation.people import Customer
from app.passkeys import proving
from app.passkeys.proving import Outcome
from app.passkeys.relying_party import Assertion, RelyingParty
from app.runs.log import RunInHand
from app.store.work import Work
from selfservice import events
from selfservice.errors import FieldError, InvalidAnswer, NotAllowed
from selfservice.language import StepUp
from selfservice.state import blocking

FIELD = "passkey"
"""Under which an answer carries what the authenticator said."""

_REFUSALS: dict[Outcome, events.Refusal] = {
    Outcome.REFUSED: "PASSKEY_REFUSED",
    Outcome.LATE: "PASSKEY_LATE",
}


def is_asked(run: RunInHand) -> bool:
    """Whether the present step can be proved by a passkey."""
    present = blocking(run.definition, run.state)
    return isinstance(present, StepUp) and "passkey" in present.stepup.methods


async def is_at_hand(work: Work, run: RunInHand) -> bool:
    """Whether the present step can be proved by one that the customer has."""
    return is_asked(run) and bool(await work.passkeys.of(run.row.customer_id))


async def options(
    work: Work, party: RelyingParty, run: RunInHand, customer: Customer
) -> dict[str, Any]:
    """What the app passes to the authenticator. Raises NotAllowed where no passkey is asked for."""
    if not is_asked(run):
        raise NotAllowed("use_passkey", run.state.status, run.state.step, "no passkey is asked for")
    return await proving.options(work, party, customer, _purpose(run))


def read(step: str, values: Mapping[str, Any]) -> Assertion:
    """The assertion in an answer. Raises InvalidAnswer: what cannot be one is no attempt."""
    try:
        return msgspec.convert(values[FIELD], Assertion)
    except msgspec.ValidationError:
        raise InvalidAnswer(step, {FIELD: FieldError(key="t:err.invalid")}) from None


async def entered(
    work: Work,
    party: RelyingParty,
    run: RunInHand,
    present: StepUp,
    customer: Customer,
    assertion: Assertion,
    actor: events.Actor,
) -> events.IdentityProved | events.IdentityRefused:
    """What the run learns from what the authenticator said."""
    outcome = await proving.tried(work, party, customer, _purpose(run), assertion)
    now, step, level = await work.now(), run.state.step, present.stepup.level
    if outcome is Outcome.PROVED:
        return events.IdentityProved(at=now, actor=actor, step=step, level=level, method="passkey")
    return events.IdentityRefused(at=now, actor=actor, step=step, code=_REFUSALS[outcome])


def _purpose(run: RunInHand) -> str:
    """This visit of this step: what was asked for at another proves nothing here."""
    step = run.state.step
    return f"run/{run.row.id}/{step}/{run.state.visits[step]}"
