"""Counts how runs went, behind them: each that moved since it was counted is counted anew."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
import structlog
from msgspec.structs import replace

from app.catalogue import Catalogue
from app.retry import retried
from app.store.records import Count, RunRow, RunTally
from app.store.work import Store, Work
from selfservice.errors import SelfServiceError
from selfservice.events import Event, Forgot
from selfservice.insight import look_again_at, tally
from selfservice.state import State

AT_ONCE = 20
"""Runs counted in one transaction: none of them can be moved meanwhile, so it is a short one."""

PAUSE_S = 0.01
"""Between two of them: who counts what piled up lets everybody else go first."""

EVENTS = 500
"""So many events of a run are looked at; no person makes more."""

REQUESTS = 50
"""So many of a customer's newest requests are looked through for one after a run."""

log = structlog.get_logger()
_event = msgspec.json.Decoder(Event).decode
_state = msgspec.json.Decoder(State).decode


async def tally_runs(store: Store, catalogue: Catalogue) -> None:
    """Count every run that moved since it was counted, or that has settled."""
    while True:
        if await _some(store, catalogue) < AT_ONCE:
            return
        await asyncio.sleep(PAUSE_S)


@retried
async def _some(store: Store, catalogue: Catalogue) -> int:
    async with store.write() as work:
        now = await work.now()
        runs = await work.insight.claim(now, AT_ONCE)
        logs = await work.insight.logs([run.id for run in runs], EVENTS) if runs else {}
        found = [await _tallied(work, catalogue, run, logs.get(run.id, ()), now) for run in runs]
        await work.insight.put(found)
    return len(runs)


async def _tallied(
    work: Work, catalogue: Catalogue, run: RunRow, stored: Sequence[bytes], now: datetime
) -> RunTally:
    """Empty where the log cannot be read: that is logged, and the others are counted.

    A run whose answers were forgotten stays as it was counted: its log begins there by now.
    """
    try:
        past = [_event(one) for one in stored]
        if any(isinstance(one, Forgot) for one in past):
            for before in await work.insight.of([run.id]):
                return replace(before, look_again_at=None)
        definition = await catalogue.pinned(work, run.hash)
        counts = tally(definition, past, now, await _asked(work, run))
        began = _state(run.state).started_at
    except (SelfServiceError, msgspec.MsgspecError) as error:
        log.warning("insight.uncountable", run_id=str(run.id), why=str(error))
        return RunTally(run_id=run.id, hash=run.hash, day=run.updated_at.date(), counts=())
    return RunTally(
        run_id=run.id,
        hash=run.hash,
        day=began.date(),
        counts=tuple(Count(step, what, name, n) for (step, what, name), n in counts.items()),
        look_again_at=look_again_at(run.status, run.updated_at, now),
    )


async def _asked(work: Work, run: RunRow) -> list[datetime]:
    """When the customer asked for a human; only what follows a solved run is of interest."""
    if run.status != "solved":
        return []
    return [one.enqueued_at for one in await work.interactions.history(run.customer_id, REQUESTS)]
