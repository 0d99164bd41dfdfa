"""How did runs go? Counts beside them, kept up by whoever calls `claim` and `put`.

The index of runs whose version is not the one that was counted is the list of what is to be done:
nobody who moves a run writes anything for it, and nothing is lost by a restart.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import tables
from app.store.records import RunRow, RunTally, Total
from app.store.runs import COLUMNS
from app.store.tables import RUN_UNTALLIED
from app.store.upsert import insert

_run, _tally, _sum, _event = (
    tables.run.c,
    tables.run_tally.c,
    tables.insight.c,
    tables.event.c,
)
_KEY = [_sum.hash, _sum.day, _sum.step, _sum.what, _sum.name]


class SqlInsight:
    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def claim(self, now: datetime, limit: int) -> Sequence[RunRow]:
        settled = select(_tally.run_id).where(_tally.look_again_at < now)
        due = settled.order_by(_tally.look_again_at).limit(limit)
        await self._db.execute(update(tables.run).where(_run.id.in_(due)).values(tallied=-1))
        moved = select(_run.id).where(RUN_UNTALLIED).order_by(_run.updated_at).limit(limit)
        claimed = (
            update(tables.run)
            .where(_run.id.in_(moved.with_for_update(skip_locked=True)))
            .values(tallied=_run.version)
            .returning(*COLUMNS)
        )
        found = [RunRow(**row._asdict()) for row in await self._db.execute(claimed)]
        return sorted(found, key=lambda run: (run.updated_at, run.id))

    async def logs(self, run_ids: Sequence[UUID], at_most: int) -> Mapping[UUID, Sequence[bytes]]:
        order = [_event.at, _event.seq]
        place = func.row_number().over(partition_by=_event.run_id, order_by=order).label("place")
        each = (
            select(_event.run_id, _event.private, place)
            .where(_event.run_id.in_(run_ids), _event.private.is_not(None))
            .subquery()
        )
        first = select(each.c.run_id, each.c.private).where(each.c.place <= at_most)
        found: dict[UUID, list[bytes]] = defaultdict(list)
        for row in await self._db.execute(first.order_by(each.c.run_id, each.c.place)):
            found[row.run_id].append(row.private)
        return found

    async def put(self, tallies: Sequence[RunTally]) -> None:
        if not tallies:
            return
        changes = Counter[tuple[str, date, str, str, str]]()
        for before in await self.of([one.run_id for one in tallies]):
            changes.subtract(_added(before))
        for one in tallies:
            changes.update(_added(one))
        kept = insert(self._db, tables.run_tally)
        given = {name: kept.excluded[name] for name in RunTally.__struct_fields__}
        await self._db.execute(
            kept.on_conflict_do_update(index_elements=[_tally.run_id], set_=given),
            [structs.asdict(one) for one in tallies],
        )
        await self._add(changes)

    async def _add(self, changes: Mapping[tuple[str, date, str, str, str], int]) -> None:
        """In the order of the keys: two who count at once never wait for each other."""
        rows = [
            dict(zip(("hash", "day", "step", "what", "name", "count"), (*key, count), strict=True))
            for key, count in sorted(changes.items())
            if count
        ]
        if not rows:
            return
        new = insert(self._db, tables.insight)
        more = {"count": _sum["count"] + new.excluded["count"]}
        await self._db.execute(new.on_conflict_do_update(index_elements=_KEY, set_=more), rows)

    async def of(self, run_ids: Sequence[UUID]) -> Sequence[RunTally]:
        rows = await self._db.execute(select(tables.run_tally).where(_tally.run_id.in_(run_ids)))
        return [RunTally(**row._asdict()) for row in rows]

    async def count_again(self, customer_id: UUID, since: datetime) -> None:
        solved = (_run.status == "solved", _run.updated_at >= since)
        mine = update(tables.run).where(_run.customer_id == customer_id, *solved)
        await self._db.execute(mine.values(tallied=-1))

    async def totals(self, since: date, flow: str | None = None) -> Sequence[Total]:
        version = tables.flow_version.c
        grouped = [version.flow, _sum.hash, _sum.step, _sum.what, _sum.name]
        statement = (
            select(*grouped, func.sum(_sum["count"]).label("count"))
            .join_from(tables.insight, tables.flow_version, version.hash == _sum.hash)
            .where(_sum.day >= since)
            .group_by(*grouped)
            .having(func.sum(_sum["count"]) > 0)
            .order_by(*grouped)
        )
        if flow is not None:
            statement = statement.where(version.flow == flow)
        rows = [row._asdict() for row in await self._db.execute(statement)]
        return [Total(**{**row, "count": int(row["count"])}) for row in rows]


def _added(tally: RunTally) -> dict[tuple[str, date, str, str, str], int]:
    return {(tally.hash, tally.day, c.step, c.what, c.name): c.count for c in tally.counts}
