"""How runs went, without a database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from app.store.memory.tables import Tables
from app.store.records import RunRow, RunTally, Total


class MemoryInsight:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def claim(self, now: datetime, limit: int) -> Sequence[RunRow]:
        for one in self._tables.run_tallies.values():
            if one.look_again_at is not None and one.look_again_at < now:
                self._tables.tallied.pop(one.run_id, None)
        tallied = self._tables.tallied
        moved = [run for run in self._tables.runs.values() if tallied.get(run.id) != run.version]
        claimed = sorted(moved, key=lambda run: (run.updated_at, run.id))[:limit]
        tallied.update({run.id: run.version for run in claimed})
        return claimed

    async def logs(self, run_ids: Sequence[UUID], at_most: int) -> Mapping[UUID, Sequence[bytes]]:
        found: dict[UUID, list[tuple[datetime, int, bytes]]] = {id: [] for id in run_ids}
        for event in (one for log in self._tables.events.values() for one in log):
            if event.run_id in found and event.private is not None:
                found[event.run_id].append((event.at, event.seq, event.private))
        return {id: [one[2] for one in sorted(log)][:at_most] for id, log in found.items() if log}

    async def of(self, run_ids: Sequence[UUID]) -> Sequence[RunTally]:
        kept = self._tables.run_tallies
        return [kept[id] for id in run_ids if id in kept]

    async def put(self, tallies: Sequence[RunTally]) -> None:
        sums = Counter(self._tables.insight)
        for one in tallies:
            before = self._tables.run_tallies.get(one.run_id)
            if before is not None:
                sums.subtract(_added(before))
            sums.update(_added(one))
            self._tables.run_tallies[one.run_id] = one
        self._tables.insight.update(sums)

    async def count_again(self, customer_id: UUID, since: datetime) -> None:
        for run in self._tables.runs.values():
            mine = run.customer_id == customer_id and run.status == "solved"
            if mine and run.updated_at >= since:
                self._tables.tallied.pop(run.id, None)

    async def totals(self, since: date, flow: str | None = None) -> Sequence[Total]:
        sums = Counter[tuple[str, str, str, str, str]]()
        for (hash, day, *key), count in self._tables.insight.items():
            version = self._tables.flow_versions[hash]
            if day >= since and flow in {None, version.flow}:
                sums[version.flow, hash, key[0], key[1], key[2]] += count
        return [
            Total(flow=of, hash=hash, step=step, what=what, name=name, count=count)
            for (of, hash, step, what, name), count in sorted(sums.items())
            if count > 0
        ]


def _added(tally: RunTally) -> dict[tuple[str, date, str, str, str], int]:
    return {(tally.hash, tally.day, c.step, c.what, c.name): c.count for c in tally.counts}
