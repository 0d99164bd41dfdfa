"""Looks whether what must hold does hold, mends what it can, and says what it found.

It reads a page of everything that is open, and the next page the next time. What it finds it reads
again in a transaction of its own, and mends by the verbs that everybody uses: so several processes
may look at once, and what one has mended the others find in order.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import structlog
from msgspec import Struct

from app.calls import Calls, end_of, locked
from app.conversation import interaction as life
from app.conversation.errors import NotFound
from app.conversation.interaction import Channel, Interaction
from app.conversation.invariants import (
    INVARIANT,
    SLACK,
    Broken,
    Violation,
    of_context,
    of_customers,
    of_interaction,
    of_participant,
    of_tail,
    of_team,
)
from app.conversation.mending import mend_interaction, mend_participant
from app.conversation.participant import Participant
from app.conversation.timeline import Tail
from app.retry import retried
from app.runs.handover import Handover
from app.store.records import CallRow, RunRow
from app.store.work import Store, Work
from push.delivery import Delivery, DeliveryState, Retry
from push.outcome import Failure
from rtc.call import CallState, EndReason, overdue
from selfservice.state import Status

PAGE = 500
"""Rows of one kind that are looked at in one round."""

TIMELINES = 100
"""Conversations whose newest events are counted in one round."""

CONTEXTS = 20
"""What was attached is redacted once more to see that nothing is left: 1 ms and more for each."""

NEWEST_DELIVERIES = 1000
"""So many are looked through for those that died without a reason."""

REQUESTS = 20
"""So many of a customer's requests are looked through for the last that was about a run."""

T = TypeVar("T")

log = structlog.get_logger()


class Finding(Struct, frozen=True):
    """What was found, and whether it is in order by now."""

    violation: Violation
    mended: bool


class Reconciler:
    def __init__(self, store: Store, calls: Calls, handover: Handover) -> None:
        self._store = store
        self._calls = calls
        self._handover = handover
        self._interactions = _Walk[Interaction](
            PAGE, lambda work: work.interactions.open_from, lambda one: one.customer_id
        )
        self._contexts = _Walk[Interaction](
            CONTEXTS, lambda work: work.interactions.open_from, lambda one: one.customer_id
        )
        self._participants = _Walk[Participant](
            PAGE, lambda work: work.participants.open_from, lambda one: one.interaction_id
        )
        self._runs = _Walk[RunRow](
            PAGE, lambda work: work.runs.open_from, lambda one: one.customer_id
        )
        self._timelines = _Walk[Tail](
            TIMELINES, lambda work: work.timeline.tails_from, lambda one: one.conversation_id
        )
        self.found: Counter[tuple[Broken, bool]] = Counter()
        """How often each was found in this process: mended, or only reported."""

    async def look(self) -> Sequence[Finding]:
        """One round; what was found is logged and counted."""
        findings = []
        for looked_at, mended in (
            (self._look_at_interactions, self._mend_interaction),
            (self._look_at_participants, self._mend_participant),
            (self._look_at_calls, self._mend_call),
            (self._look_at_runs, self._mend_run),
            (self._look_at_deliveries, self._mend_delivery),
            (self._look_at_timelines, _only_report),
            (self._look_at_contexts, _only_report),
        ):
            async with self._store.read() as work:
                violations = list(await looked_at(work))
            findings += [await self._settled(one, mended) for one in violations]
        told = [one for one in findings if one is not None]
        for finding in told:
            self._tell(finding)
        return told

    async def _settled(self, violation: Violation, mended: "Mend") -> Finding | None:
        """None where it was in order when it was read again. One that resists leaves the others."""
        try:
            outcome = await self._mended(violation, mended)
        except Exception:
            log.exception("job.failed", job="reconciler", id=str(violation.id))
            outcome = False
        return None if outcome is None else Finding(violation, outcome)

    @retried
    async def _mended(self, violation: Violation, mended: "Mend") -> bool | None:
        async with self._store.write() as work:
            return await mended(work, violation)

    def _tell(self, finding: Finding) -> None:
        broken = finding.violation.broken
        self.found[broken, finding.mended] += 1
        log.warning(
            "invariant.broken",
            invariant=INVARIANT[broken],
            what=broken.value,
            id=str(finding.violation.id),
            mended=finding.mended,
            times=self.found[broken, finding.mended],
        )

    async def _look_at_interactions(self, work: Work) -> Iterator[Violation]:
        now, queues = await work.now(), await work.queues.all()
        team = await work.agents.workloads(now)
        open_ones = await self._interactions.page(work)
        ending = await work.interactions.wrap_ups(now - SLACK, PAGE)
        found = [*of_customers(open_ones)]
        for one in (*open_ones, *ending):
            found += [*of_interaction(one, now), *of_team(one, team, queues, now)]
        return iter(found)

    async def _mend_interaction(self, work: Work, violation: Violation) -> bool | None:
        if violation.broken in _FOR_A_PERSON:
            return False
        one = await work.interactions.get(violation.id)
        if violation not in of_interaction(one, await work.now()):
            return None
        await mend_interaction(work, one, violation.broken)
        mended = await work.interactions.get(violation.id)
        return violation not in of_interaction(mended, await work.now())

    async def _look_at_participants(self, work: Work) -> Iterator[Violation]:
        now, found = await work.now(), list[Violation]()
        for one in await self._participants.page(work):
            beside = await work.interactions.get(one.interaction_id)
            found += of_participant(one, beside, now)
        return iter(found)

    async def _mend_participant(self, work: Work, violation: Violation) -> bool | None:
        one = await work.participants.get(violation.id)
        beside = await work.interactions.get(one.interaction_id)
        if violation not in of_participant(one, beside, await work.now()):
            return None
        await mend_participant(work, one, beside, violation.broken)
        mended = await work.participants.get(violation.id)
        return violation not in of_participant(mended, beside, await work.now())

    async def _look_at_calls(self, work: Work) -> Iterator[Violation]:
        now, found = await work.now(), list[Violation]()
        open_calls = await work.calls.open_calls()
        for call in open_calls:
            found += _of_call(call, await work.interactions.get(call.interaction_id), now)
        called = {call.interaction_id for call in open_calls}
        for one in await work.interactions.live():
            if one.channel is not Channel.TEXT and one.id not in called:
                found.append(Violation(Broken.CALL_MISSING, one.id))
        return iter(found)

    async def _mend_call(self, work: Work, violation: Violation) -> bool | None:
        if violation.broken is Broken.CALL_MISSING:
            one = await work.interactions.get(violation.id)
            if await work.calls.open_of(one.id) or not _is_in_call(one):
                return None
            return await mend_interaction(work, one, violation.broken)
        (call, one), now = await locked(work, violation.id), await work.now()
        if violation not in _of_call(call, one, now):
            return None
        reason = overdue(CallState(call.state), now - call.state_since)
        if violation.broken is Broken.LATE_CALL and reason is not None:
            await self._calls.give_up(work, call, one, reason)
        else:
            await end_of(work, one, EndReason.HUNG_UP)
        return True

    async def _look_at_runs(self, work: Work) -> Iterator[Violation]:
        found = list[Violation]()
        for run in await self._runs.page(work):
            if await _left_after(work, run):
                found.append(Violation(Broken.RUN_LEFT_BEHIND, run.id))
        return iter(found)

    async def _mend_run(self, work: Work, violation: Violation) -> bool | None:
        run = await work.runs.get(violation.id)
        over = await _left_after(work, run)
        if over is None:
            return None
        await self._handover.released(work, over)
        return await _left_after(work, await work.runs.get(run.id)) is None

    async def _look_at_deliveries(self, work: Work) -> Iterator[Violation]:
        held = await work.notifications.without_lease(PAGE)
        dead = await work.notifications.newest_dead(NEWEST_DELIVERIES)
        return iter([one for delivery in (*held, *dead) for one in _of_delivery(delivery)])

    async def _mend_delivery(self, work: Work, violation: Violation) -> bool | None:
        if violation.broken is not Broken.DELIVERY_STUCK:
            return False
        now = await work.now()
        stuck = {one.id: one for one in await work.notifications.without_lease(PAGE)}
        one = stuck.get(violation.id)
        if one is None:
            return None
        again = Retry(at=now, failure=Failure.UNAVAILABLE, detail="its lease had no end")
        return await work.deliveries.settle(one.id, one.fence, again, now)

    async def _look_at_timelines(self, work: Work) -> Iterator[Violation]:
        return iter([v for tail in await self._timelines.page(work) for v in of_tail(tail)])

    async def _look_at_contexts(self, work: Work) -> Iterator[Violation]:
        found = list[Violation]()
        for one in await self._contexts.page(work):
            try:
                found += of_context(await work.contexts.of(one.id))
            except NotFound:
                continue
        return iter(found)


Mend = Callable[[Work, Violation], Awaitable[bool | None]]
"""True: mended; False: only a person can; None: it is in order by now."""

_FOR_A_PERSON = frozenset(
    {Broken.TWO_OPEN, Broken.PLACE_LOST, Broken.NOBODY_COULD_COME, Broken.LEFT_ALONE}
)
"""What of an interaction no verb puts right: which request is the right one nobody here knows."""


class _Walk(Generic[T]):
    """Goes through something page by page, and begins anew at its end.

    Each page begins with the last of the one before: two neighbours are always on one page.
    """

    def __init__(
        self,
        limit: int,
        read_from: Callable[[Work], Callable[[UUID | None, int], Awaitable[Sequence[T]]]],
        place: Callable[[T], UUID],
    ) -> None:
        self._limit = limit
        self._read_from = read_from
        self._place = place
        self._next: UUID | None = None

    async def page(self, work: Work) -> Sequence[T]:
        found = await self._read_from(work)(self._next, self._limit)
        self._next = self._place(found[-1]) if len(found) == self._limit else None
        return found


async def _only_report(work: Work, violation: Violation) -> bool:
    return False


def _is_in_call(one: Interaction) -> bool:
    return one.state is life.State.LIVE and one.channel is not Channel.TEXT


def _of_call(call: CallRow, one: Interaction, now: datetime) -> Iterator[Violation]:
    """I5: no call waits for ever, none goes on when the conversation does not."""
    if call.state == CallState.ENDED:
        return
    if one.state is not life.State.LIVE:
        yield Violation(Broken.CALL_LEFT_OVER, call.id)
    elif overdue(CallState(call.state), now - call.state_since - SLACK):
        yield Violation(Broken.LATE_CALL, call.id)


async def _left_after(work: Work, run: RunRow) -> Interaction | None:
    """I5: the request that is over, and after which the run still waits for whoever helped.

    A run that came to a human by itself since then waits for its customer to ask.
    """
    if run.status != Status.WITH_HUMAN:
        return None
    requests = await work.interactions.history(run.customer_id, REQUESTS)
    last = next((one for one in requests if one.run_id == run.id), None)
    if last is None or last.ended_at is None or last.ended_at <= run.updated_at:
        return None
    return last


def _of_delivery(one: Delivery) -> Iterator[Violation]:
    """I12: whoever holds it gives it back, and whoever lets it die says why."""
    if one.state is DeliveryState.DEAD:
        if one.failure is None:
            yield Violation(Broken.DEAD_WITHOUT_REASON, one.id)
    elif one.lease_until is None:
        yield Violation(Broken.DELIVERY_STUCK, one.id)
