"""The one-time codes of runs: made, sent again, entered. Only their hashes are kept."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from app.runs.log import RunInHand
from app.store.records import CodeRow
from app.store.work import Work
from selfservice import codes, events
from selfservice.codes import Code, CodeState, Verdict
from selfservice.errors import FieldError, InvalidAnswer
from selfservice.language import StepUp

_REFUSALS: dict[Verdict, Literal["WRONG", "EXPIRED", "USED_UP"]] = {
    Verdict.WRONG: "WRONG",
    Verdict.EXPIRED: "EXPIRED",
    Verdict.USED_UP: "USED_UP",
}

_CODE = re.compile(f"[0-9]{{{codes.LENGTH}}}")
_decode = msgspec.json.Decoder(Code).decode


async def make(work: Work, run: RunInHand, step: str, key: bytes) -> str:
    """The digits of a new code, whose hash is stored.

    Raises TooSoon while one that was sent within 30 s can still be entered.
    """
    purpose = _purpose(run, step)
    previous = await _code_of(work, run)
    if previous is not None and (
        previous.purpose != purpose or previous.state is not CodeState.LIVE
    ):
        previous = None
    digits, code = codes.new_code(key, purpose, await work.now(), previous)
    await _put(work, run, code)
    return digits


async def resend_after(work: Work, run: RunInHand) -> datetime | None:
    """When another one can be asked for; None where none was sent."""
    code = await _code_of(work, run)
    return code.resend_after if code else None


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
    code = await _code_of(work, run)
    if code is None or code.purpose != _purpose(run, step):
        return events.IdentityRefused(at=now, actor=actor, step=step, code="EXPIRED")
    verdict, after = codes.enter(key, code, digits, now)
    await _put(work, run, after)
    if verdict is not Verdict.RIGHT:
        return events.IdentityRefused(at=now, actor=actor, step=step, code=_REFUSALS[verdict])
    level = present.stepup.level
    return events.IdentityProved(at=now, actor=actor, step=step, level=level, method="otp_host")


def _purpose(run: RunInHand, step: str) -> str:
    return f"{run.row.id}/{step}"


async def _code_of(work: Work, run: RunInHand) -> Code | None:
    row = await work.codes.get(run.row.id)
    return _decode(row.state) if row else None


async def _put(work: Work, run: RunInHand, code: Code) -> None:
    await work.codes.put(CodeRow(run_id=run.row.id, state=msgspec.json.encode(code)))
