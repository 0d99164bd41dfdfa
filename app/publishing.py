"""A new version of a flow goes live: what happens to those who are in the middle of it?

pin      they go on with the version they began with
migrate  those whose log leads to the same place on the new version follow it; the others stay
force    all follow it, and stand where it can still follow their log: for a flow that must not
         be gone on with. `renames` are steps and answers that have another name in it.

Before that, yesterday's runs are gone through again on the new version: whoever would have landed
elsewhere is counted by the step, never by what they said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec import Struct

from app import topics
from app.catalogue import Catalogue
from app.conversation.errors import Stale
from app.conversation.timeline import SYSTEM
from app.runs.log import RunInHand, RunLog, job_of, standing
from app.store.records import RunRow
from app.store.work import Store, Work
from selfservice import events
from selfservice.definition import Definition
from selfservice.effects import PerformAction, SendCode
from selfservice.state import FINAL, Status
from selfservice.versions import Landing, landing

BATCH = 200
"""Runs that are read, or moved in one transaction."""

YESTERDAY = 1000
"""Finished runs that a new version is tried on."""

_log = msgspec.json.Decoder(events.Event).decode


class Policy(StrEnum):
    PIN = "pin"
    MIGRATE = "migrate"
    FORCE = "force"


class Elsewhere(Struct, frozen=True, kw_only=True):
    """So many runs stand at `step` and would land at `lands`; null: they could not even begin."""

    step: str
    lands: str | None
    runs: int
    example: UUID


class Plan(Struct, frozen=True, kw_only=True):
    """What publishing one flow would do."""

    flow: str
    version: str
    label: str | None
    is_live: bool
    """Nothing changes: this is the live version."""
    in_flight: int
    migrate: int
    """Runs in flight that stand at the same place on the new version."""
    elsewhere: tuple[Elsewhere, ...]
    tried: int
    """Finished runs that were gone through again."""
    ended_elsewhere: tuple[Elsewhere, ...]


class Publishing:
    def __init__(self, store: Store, catalogue: Catalogue, runs: RunLog) -> None:
        self._store = store
        self._catalogue = catalogue
        self._runs = runs

    async def plan(self, definition: Definition, renames: Mapping[str, str]) -> Plan:
        """Who is in the middle of the flow, and where they would land."""
        in_flight, same, moved = 0, 0, _Tally()
        after: UUID | None = None
        while True:
            async with self._store.read() as work:
                rows = await work.runs.open_of_flow(definition.flow, after, BATCH)
                rows_there = await self._landings(work, rows, definition, renames)
            for run, there in rows_there:
                in_flight += 1
                same += there is not None and there.stands_the_same
                moved.add(run, there)
            if len(rows) < BATCH:
                break
            after = rows[-1].id
        tried, ended = await self._yesterday(definition, renames)
        live = self._catalogue.live(definition.flow)
        return Plan(
            flow=definition.flow,
            version=definition.version,
            label=definition.head.label,
            is_live=live is not None and live.version == definition.version,
            in_flight=in_flight,
            migrate=same,
            elsewhere=moved.found(),
            tried=tried,
            ended_elsewhere=ended.found(),
        )

    async def _yesterday(
        self, definition: Definition, renames: Mapping[str, str]
    ) -> tuple[int, "_Tally"]:
        tally = _Tally()
        async with self._store.read() as work:
            rows = await work.runs.ended_of_flow(definition.flow, YESTERDAY)
            for start in range(0, len(rows), BATCH):
                part = rows[start : start + BATCH]
                for run, there in await self._landings(work, part, definition, renames):
                    tally.add(run, there)
        return len(rows), tally

    async def publish(
        self,
        loaded: Sequence[tuple[Definition, str]],
        policy: Policy,
        renames: Mapping[str, str] | None = None,
    ) -> int:
        """Make these versions live; returns how many runs in flight follow them."""
        async with self._store.write() as work:
            await self._catalogue.publish(work, loaded)
        await self._catalogue.refresh(self._store)
        if policy is Policy.PIN:
            return 0
        return sum([await self._move_all(one, policy, renames or {}) for one, _ in loaded])

    async def _move_all(
        self, definition: Definition, policy: Policy, renames: Mapping[str, str]
    ) -> int:
        moved, after = 0, None
        while True:
            async with self._store.read() as work:
                rows = await work.runs.open_of_flow(definition.flow, after, BATCH)
            moved += await self._move([row.id for row in rows], definition, policy, renames)
            if len(rows) < BATCH:
                return moved
            after = rows[-1].id

    async def _move(
        self,
        ids: Sequence[UUID],
        definition: Definition,
        policy: Policy,
        renames: Mapping[str, str],
    ) -> int:
        """All at once; where somebody was faster, one by one, so that only theirs is done anew."""
        try:
            return await self._follow(ids, definition, policy, renames)
        except Stale:
            parts = [[one] for one in ids]
            return sum([await self._move(part, definition, policy, renames) for part in parts])

    async def _follow(
        self,
        ids: Sequence[UUID],
        definition: Definition,
        policy: Policy,
        renames: Mapping[str, str],
    ) -> int:
        async with self._store.write() as work:
            now, entries = await work.now(), []
            rows = [one for one in await work.runs.these(ids) if Status(one.status) not in FINAL]
            for run, there in await self._landings(work, rows, definition, renames):
                if there is None or not (there.stands_the_same or policy is Policy.FORCE):
                    continue
                row = await work.runs.save(standing(run.row, definition, there.state))
                saved = RunInHand(row=row, definition=definition, state=there.state)
                event = events.Migrated(
                    at=now,
                    actor=events.Actor(kind="system"),
                    version=definition.version,
                    kept=there.kept,
                    renames=dict(renames),
                )
                entries.append((row.conversation_id, self._runs.entry(saved, event, SYSTEM)))
                await _ask_again(work, saved, there)
            await work.timeline.append_all(entries)
            for conversation_id, _ in entries:
                work.ring(topics.conversation(conversation_id))
        return len(entries)

    async def _landings(
        self,
        work: Work,
        rows: Sequence[RunRow],
        definition: Definition,
        renames: Mapping[str, str],
    ) -> list[tuple[RunInHand, Landing | None]]:
        """Where each would stand; those that follow this version already are left out."""
        others = [row for row in rows if row.hash != definition.version]
        logs = await work.timeline.logs_of([row.id for row in others])
        found = []
        for row in others:
            run = await self._runs.in_hand(work, row)
            log = [_log(one) for one in logs.get(row.id, ())]
            there = landing(definition, log, run.state, renames) if log else None
            found.append((run, there))
        return found


async def _ask_again(work: Work, run: RunInHand, there: Landing) -> None:
    """A run that was moved to a step of the back end's needs that asked for; one that stands where
    it stood is waiting for its answer already."""
    if there.stands_the_same:
        return
    for effect in there.effects:
        if isinstance(effect, PerformAction | SendCode):
            await work.action_jobs.add(job_of(run.row.id, effect, await work.now()))
            work.ring(topics.ACTIONS)


class _Tally:
    """Runs that would land elsewhere, by where they stand and where they would."""

    def __init__(self) -> None:
        self._count: Counter[tuple[str, str | None]] = Counter()
        self._example: dict[tuple[str, str | None], UUID] = {}

    def add(self, run: RunInHand, there: Landing | None) -> None:
        if there is not None and there.stands_the_same:
            return
        key = (run.state.step, there.state.step if there else None)
        self._count[key] += 1
        self._example.setdefault(key, run.row.id)

    def found(self) -> tuple[Elsewhere, ...]:
        return tuple(
            Elsewhere(step=step, lands=lands, runs=count, example=self._example[step, lands])
            for (step, lands), count in self._count.most_common()
        )
