"""The one-time codes of runs: made, sent again, entered. Only their hashes are kept."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.runs.log import RunInHand
from app.store.records import CodeRow
from app.store.work import Work
from selfservice import codes, events
from selfservice.codes import Code, CodeState, Verdict
from selfservice.errors import FieldError, InvalidAnswer
from selfservice.language import StepUp

REFUSALS: dict[Verdict, events.Refusal] = {
    Verdict.WRONG: "WRONG",
    Verdict.EXPIRED: "EXPIRED",
    Verdict.USED_UP: "USED_UP",
    Verdict.TOO_WEAK: "TOO_WEAK",
    Verdict.UNCONFIRMED: "UNCONFIRMED",
}

_CODE = re.compile(f"[0-9]{{{codes.LENGTH}}}")
_decode = msgspec.json.Decoder(Code).decode


async def make(work: Work, run: RunInHand, step: str, key: bytes) -> tuple[str, Code]:
    """The digits of a new code, and the code itself, which is stored.

    Raises TooSoon while one that was sent within 30 s can still be entered.
    """
    purpose = _purpose(run, step)
    previous = await _code_of(work, run)
    if previous is not None and (
        previous.purpose != purpose or previous.state is not CodeState.LIVE
    ):
        previous = None
    digits, code = codes.new_code(key, purpose, await work.now(), previous)
    await _put(work, run.row.id, code)
    return digits, code


async def confirm(work: Work, run_id: UUID, sent: Code, told: Mapping[str, Any]) -> None:
    """The company says that it delivers the code, and how, unless another was made meanwhile."""
    row = await work.codes.get(run_id, lock=True)
    code = _decode(row.state) if row else None
    if code is None or code.digest != sent.digest:
        return
    await _put(work, run_id, codes.delivered(code, channel_of(told)))


def channel_of(told: Mapping[str, Any]) -> codes.Channel | None:
    """How the company delivers a code. A way that is unknown here may be any: the weakest."""
    try:
        return _channel(told.get("channel"))
    except msgspec.ValidationError:
        return codes.SHOWN_IN_THE_APP


def _channel(told: object) -> codes.Channel | None:
    known: codes.Channel | None = msgspec.convert(told, codes.Channel | None)
    return known


async def resend_after(work: Work, run: RunInHand) -> datetime | None:
    """When another one can be asked for; None where none was sent for the present step."""
    code = await _code_of(work, run)
    is_present = code is not None and code.purpose == _purpose(run, run.state.step)
    return code.resend_after if code and is_present else None


def read(step: str, values: Mapping[str, Any]) -> str:
    """The digits in an answer. Raises InvalidAnswer: what cannot be a code is no wrong guess."""
    digits = values.get("code")
    if isinstance(digits, str) and _CODE.fullmatch(digits := digits.replace(" ", "")):
        return digits
    error = FieldError(key="t:err.digits_length", values={"length": codes.LENGTH})
    raise InvalidAnswer(step, {"code": error})


async def entered(
    work: Work, run: RunInHand, present: StepUp, digits: str, key: bytes, actor: events.Actor
) -> events.IdentityProved | events.IdentityRefused:
    """What the run learns from the digits that were entered; counts the attempt."""
    now, step = await work.now(), run.state.step
    code, level = await _code_of(work, run, lock=True), present.stepup.level
    if code is None or code.purpose != _purpose(run, step):
        return events.IdentityRefused(at=now, actor=actor, step=step, code="EXPIRED")
    verdict, after = codes.enter(key, code, digits, now, level)
    await _put(work, run.row.id, after)
    if verdict is not Verdict.RIGHT:
        return events.IdentityRefused(at=now, actor=actor, step=step, code=REFUSALS[verdict])
    return events.IdentityProved(at=now, actor=actor, step=step, level=level, method="otp_host")


def _purpose(run: RunInHand, step: str) -> str:
    return f"{run.row.id}/{step}"


async def _code_of(work: Work, run: RunInHand, *, lock: bool = False) -> Code | None:
    row = await work.codes.get(run.row.id, lock=lock)
    return _decode(row.state) if row else None


async def _put(work: Work, run_id: UUID, code: Code) -> None:
    await work.codes.put(CodeRow(run_id=run_id, state=msgspec.json.encode(code)))
