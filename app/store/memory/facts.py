"""What is known of a customer, without a database."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.conversation import repeats
from app.conversation.facts import AskedAgain, Fact, Trust
from app.store.memory.tables import Tables


class MemoryFacts:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def put(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            key = (fact.customer_id, fact.key, fact.trust)
            before = self._tables.facts.get(key)
            if before is None or fact.at >= before.at:
                self._tables.facts[key] = fact

    async def of(self, customer_id: UUID) -> Sequence[Fact]:
        mine = [one for one in self._tables.facts.values() if one.customer_id == customer_id]
        return sorted(mine, key=lambda one: (one.key, one.trust is not Trust.VERIFIED))

    async def asked_again(self, since: datetime) -> Sequence[AskedAgain]:
        times: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
        for event in (one for log in self._tables.events.values() for one in log):
            if event.kind == repeats.KIND and event.at >= since:
                times[event.body["key"], event.body["by"], event.body["source"]].append(event.at)
        counted = [
            AskedAgain(key=key, by=by, source=source, count=len(at), latest_at=max(at))
            for (key, by, source), at in times.items()
        ]
        return sorted(counted, key=lambda one: (one.count, one.latest_at), reverse=True)
